using System.Diagnostics;
using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Bench;

/// <summary>The network alone: the plain graph that a tracer writes and our exports in one ONNX Runtime, and our own engine, run in turn.</summary>
internal static class NetworkBench
{
    private const int WarmUp = 3;

    public static void Run(string variant, int rounds, int threads)
    {
        ModelConfig config = Variants.Get(variant);
        var formula = new FormulaWeights("golden");
        NetworkGraph graph = InferenceGraph.Record(b => new Weights(formula, b), config, config.Resolution, config.Resolution);
        HostTensor input = formula.Input(1, config.Resolution, config.Resolution);
        Contestant[] all =
        [
            InOnnxRuntime("plain (as traced)", new() { Optimize = false }),
            InOnnxRuntime("ours, portable", new()),
            InOnnxRuntime("ours, onnxruntime dialect", new() { Dialect = OnnxDialect.OnnxRuntime }),
            OnOwnEngine(),
        ];
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

        Console.WriteLine($"\nnetwork only: {variant} at {config.Resolution}², batch 1, {threads} threads, spinning between runs off, {rounds} interleaved rounds");
        foreach (Contestant one in all)
        {
            Console.WriteLine($"{one.Samples}   ratio {one.Samples.Median / all[0].Samples.Median:F3} of medians, {one.Samples.RatioTo(all[0].Samples):F3} pairwise");
            one.Dispose();
        }

        Contestant InOnnxRuntime(string name, ExportOptions options)
        {
            OnnxSession session = OnnxSession.FromBytes(OnnxExporter.ToBytes(graph, options), new SessionOptions { IntraOpThreads = threads });
            SessionBinding binding = session.CreateBinding();
            input.CopyTo(binding.BindInput(InferenceGraph.InputName, 1, 3, config.Resolution, config.Resolution).Data<float>());
            return new(new Samples(name), () => binding.Run(), binding, session);
        }

        Contestant OnOwnEngine()
        {
            CpuNetwork network = CpuNetwork.Compile(graph, new CpuOptions { Threads = threads });
            CpuRun run = network.Rent();
            input.CopyTo(run[InferenceGraph.InputName].Floats);
            return new(new Samples($"our own engine, {network.Options.InstructionSet}"), () => run.Execute(), run, network);
        }
    }

    /// <summary>Where our own engine's time goes, by kind of step.</summary>
    public static void Profile(string variant, int rounds, int threads)
    {
        ModelConfig config = Variants.Get(variant);
        var formula = new FormulaWeights("golden");
        NetworkGraph graph = InferenceGraph.Record(b => new Weights(formula, b), config, config.Resolution, config.Resolution);
        using CpuNetwork network = CpuNetwork.Compile(graph, new CpuOptions { Threads = threads });
        using CpuRun run = network.Rent();
        formula.Input(1, config.Resolution, config.Resolution).CopyTo(run[InferenceGraph.InputName].Floats);
        _ = run.Profile(WarmUp);
        Console.WriteLine($"\n{variant} at {config.Resolution}², {threads} threads, {network.Options.InstructionSet}; {network.Summarize()}");
        foreach (StepTime time in run.Profile(rounds))
            Console.WriteLine($"{time.Kind,-32} {time.Steps,4} steps {time.Ms,9:F2} ms {(time.GigaOperations > 0 ? $"{time.GigaOperations / time.Ms * 1000,8:F1} GFLOP/s" : "")}");
    }

    private sealed record Contestant(Samples Samples, Action Execute, params IDisposable[] Owned) : IDisposable
    {
        public void Dispose() => Array.ForEach(Owned, o => o.Dispose());
    }
}
