using System.Diagnostics;
using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Onnx;
using RfDetr.OnnxRuntime;
using RfDetr.Tensors;

namespace RfDetr.Bench;

/// <summary>A network on an engine, with its times.</summary>
internal sealed record Contestant(Samples Samples, Action Execute, params IDisposable[] Owned) : IDisposable
{
    private const int WarmUp = 3;

    public static Contestant InOnnxRuntime(string name, NetworkGraph graph, HostTensor input, ExportOptions options, int threads)
    {
        OnnxSession session =
            OnnxSession.FromBytes(OnnxExporter.ToBytes(graph, options), new OnnxSessionOptions { IntraOpThreads = threads });
        SessionBinding binding = session.CreateBinding();
        input.CopyTo(binding.BindInput(OutputNames.Input, [.. input.Shape.Select(s => (long)s)]).Data<float>());
        foreach (OnnxValueInfo output in session.Outputs)
            _ = binding.BindOutput(output.Name, [input.Shape[0], .. output.Shape.Skip(1).Select(d => d.Size)]);
        return new(new Samples(name), () => binding.Run(), binding, session);
    }

    public static Contestant OnOwnEngine(string name, NetworkGraph graph, HostTensor input, CpuOptions options)
    {
        CpuNetwork network = CpuNetwork.Compile(graph, options);
        CpuRun run = network.Rent();
        input.CopyTo(run[OutputNames.Input].Floats);
        return new(new Samples($"{name}, {network.Options.InstructionSet}"), () => run.Execute(), run, network);
    }

    /// <summary>Lets all run in turn.</summary>
    public static void Interleave(Contestant[] all, int rounds)
    {
        for (int round = -WarmUp; round < rounds; round++)
        {
            foreach (Contestant one in all)
            {
                long start = Stopwatch.GetTimestamp();
                one.Execute();
                if (round >= 0)
                    one.Samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
    }

    /// <summary>Prints the times, compared with the first one's, and ends all.</summary>
    public static void Report(Contestant[] all)
    {
        foreach (Contestant one in all)
        {
            Console.WriteLine(
                $"{one.Samples}   ratio {one.Samples.Median / all[0].Samples.Median:F3} of medians, "
                    + $"{one.Samples.RatioTo(all[0].Samples):F3} pairwise");
            one.Dispose();
        }
    }

    public void Dispose() => Array.ForEach(Owned, o => o.Dispose());
}
