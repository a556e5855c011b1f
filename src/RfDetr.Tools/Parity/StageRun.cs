using System.Runtime.InteropServices;
using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>Runs a network on a prepared input and keeps the named stages.</summary>
internal static class StageRun
{
    /// <summary>
    /// Stages of a network; input [B, 3, H, W], normalized; <c>keep</c> chooses among the taps, results are always there.
    /// </summary>
    public static Dictionary<string, HostTensor> Run(
        Func<Backend, Weights> weights, ModelConfig config, HostTensor input, Func<string, bool> keep,
        ParityOptions options) => options.Engine switch
        {
            ParityEngine.Host => OnHost(weights, config, input, keep),
            ParityEngine.Cpu => InCpuEngine(weights, config, input, keep, options),
            _ => InOnnxRuntime(weights, config, input, keep, options),
        };

    /// <summary>The stages of an ONNX file: its results only.</summary>
    public static Dictionary<string, HostTensor> RunFile(string path, HostTensor input, ParityOptions options)
    {
        using IOnnxSession session = SessionFactory.FromFile(path, options.ToEngine());
        DetectionContract contract =
            DetectionContract.Of(session.Inputs, session.Outputs, ArtifactMetadata.Find(path, session.Metadata.Custom));
        IReadOnlyDictionary<string, HostTensor> results =
            session.Run(new Dictionary<string, HostTensor> { [contract.Input.Name] = InputOf(contract, input) });
        var stages = new Dictionary<string, HostTensor>
        {
            [StageNames.Logits] = results[contract.Logits.Name],
            [StageNames.Boxes] = results[contract.Boxes.Name],
        };
        if (contract.Masks is { } masks)
            stages[StageNames.Masks] = results[masks.Name];
        return stages;
    }

    private static HostTensor InputOf(DetectionContract contract, HostTensor input)
    {
        if (contract.Input.ElementType != OnnxElementType.Float16)
            return input;
        Half[] values = Array.ConvertAll(input.ToSingles(), value => (Half)value);
        return new HostTensor(DType.Float16, [.. input.Shape], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    private static Dictionary<string, HostTensor> OnHost(
        Func<Backend, Weights> weights, ModelConfig config, HostTensor input, Func<string, bool> keep)
    {
        var backend = new HostBackend(keepTaps: true);
        LayerOutput result = new RfDetrNetwork(weights(backend), config).Forward(backend.Constant(input)).Result;
        Dictionary<string, HostTensor> stages = backend.Taps.Where(t => keep(t.Key)).ToDictionary();
        stages[StageNames.Logits] = HostBackend.Read(result.Logits);
        stages[StageNames.Boxes] = HostBackend.Read(result.Boxes);
        if (result.Masks is { } masks)
            stages[StageNames.Masks] = HostBackend.Read(masks.Logits());
        return stages;
    }

    private static Dictionary<string, HostTensor> InOnnxRuntime(
        Func<Backend, Weights> weights, ModelConfig config, HostTensor input, Func<string, bool> keep, ParityOptions options)
    {
        using IOnnxSession session = SessionFactory.FromBytes(Model(weights, config, input, keep, options), options.ToEngine());
        IReadOnlyDictionary<string, HostTensor> results =
            session.Run(new Dictionary<string, HostTensor> { [OutputNames.Input] = input });
        return results.ToDictionary(r => StageOf(r.Key), r => r.Value);
    }

    private static Dictionary<string, HostTensor> InCpuEngine(
        Func<Backend, Weights> weights, ModelConfig config, HostTensor input, Func<string, bool> keep, ParityOptions options)
    {
        int batch = input.Shape[0];
        using CpuNetwork network =
            CpuNetwork.Compile(Graph(weights, config, input, keep), new CpuOptions { Threads = options.Threads }, batch);
        using CpuRun run = network.Rent(batch);
        input.CopyTo(run[OutputNames.Input].Floats);
        run.Execute();
        return run.Outputs.ToDictionary(o => StageOf(o.Name), o => HostTensor.Of(o.Floats.ToArray(), [.. o.Shape]));
    }

    private static string StageOf(string output) => output switch
    {
        OutputNames.Logits => StageNames.Logits,
        OutputNames.Boxes => StageNames.Boxes,
        OutputNames.Masks => StageNames.Masks,
        _ => output,
    };

    // A method of its own: graph and weights are garbage before the session makes its own copy of them.
    private static byte[] Model(
        Func<Backend, Weights> weights, ModelConfig config, HostTensor input, Func<string, bool> keep, ParityOptions options) =>
        OnnxExporter.ToBytes(
            Graph(weights, config, input, keep),
            new ExportOptions { Precision = options.Precision, Dialect = options.Dialect, GraphName = config.Variant });

    private static NetworkGraph Graph(
        Func<Backend, Weights> weights, ModelConfig config, HostTensor input, Func<string, bool> keep) =>
        InferenceGraph.Record(
        weights, config, input.Shape[2], input.Shape[3], batch: null,
        stage => stage is not (StageNames.Logits or StageNames.Boxes) && keep(stage));
}
