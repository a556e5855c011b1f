using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Tests;

/// <summary>Runs recorded graphs in our own CPU engine.</summary>
internal static class CpuRuns
{
    /// <summary>Compiles a graph and runs it once; outputs and taps by name.</summary>
    public static Dictionary<string, HostTensor> Run(
        NetworkGraph graph, IReadOnlyDictionary<string, HostTensor> inputs, CpuOptions options, int batch = 1)
    {
        using CpuNetwork network = CpuNetwork.Compile(graph, options, batch);
        return Run(network, inputs, batch);
    }

    /// <summary>Runs a compiled network once.</summary>
    public static Dictionary<string, HostTensor> Run(
        CpuNetwork network, IReadOnlyDictionary<string, HostTensor> inputs, int batch = 1)
    {
        using CpuRun run = network.Rent(batch);
        foreach ((string name, HostTensor value) in inputs)
            Fill(run[name], value);
        run.Execute();
        return run.Outputs.ToDictionary(o => o.Name, Read);
    }

    /// <summary>Sets an input.</summary>
    public static void Fill(CpuTensor input, HostTensor value)
    {
        input.Shape.ShouldBe(value.Shape, input.Name);
        if (value.DType == DType.Int64)
            value.Span<long>().CopyTo(input.Indices);
        else
            value.CopyTo(input.Floats);
    }

    /// <summary>Copies an output.</summary>
    public static HostTensor Read(CpuTensor output) => output.DType == DType.Int64
        ? HostTensor.Of(output.Indices.ToArray(), [.. output.Shape])
        : HostTensor.Of(output.Floats.ToArray(), [.. output.Shape]);
}
