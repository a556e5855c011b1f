using System.Diagnostics;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Bench;

/// <summary>The network alone in one ONNX Runtime: our exports against the plain graph that a tracer writes, run in turn.</summary>
internal static class NetworkBench
{
    public static void Run(string variant, int rounds)
    {
        ModelConfig config = Variants.Get(variant);
        (string Name, ExportOptions Options)[] exports =
        [
            ("plain (as traced)", new() { Optimize = false }),
            ("ours, portable", new()),
            ("ours, onnxruntime dialect", new() { Dialect = OnnxDialect.OnnxRuntime }),
        ];
        var formula = new FormulaWeights("golden");
        NetworkGraph graph = InferenceGraph.Record(b => new Weights(formula, b), config, config.Resolution, config.Resolution);
        HostTensor input = formula.Input(1, config.Resolution, config.Resolution);
        var sessions = new List<(OnnxSession Session, SessionBinding Binding, Samples Samples)>();
        foreach ((string name, ExportOptions options) in exports)
        {
            OnnxSession session = OnnxSession.FromBytes(OnnxExporter.ToBytes(graph, options), new SessionOptions { IntraOpThreads = Environment.ProcessorCount });
            SessionBinding binding = session.CreateBinding();
            input.CopyTo(binding.BindInput(InferenceGraph.InputName, 1, 3, config.Resolution, config.Resolution).Data<float>());
            sessions.Add((session, binding, new Samples(name)));
        }

        const int WarmUp = 3;
        for (int round = -WarmUp; round < rounds; round++)
        {
            foreach ((_, SessionBinding binding, Samples samples) in sessions)
            {
                long start = Stopwatch.GetTimestamp();
                binding.Run();
                if (round >= 0)
                    samples.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        Console.WriteLine($"\nnetwork only: {variant} at {config.Resolution}², batch 1, {Environment.ProcessorCount} threads, spinning off, {rounds} interleaved rounds");
        foreach ((OnnxSession session, SessionBinding binding, Samples samples) in sessions)
        {
            Console.WriteLine($"{samples}   ratio {samples.Median / sessions[0].Samples.Median:F3} of medians, {samples.RatioTo(sessions[0].Samples):F3} pairwise");
            binding.Dispose();
            session.Dispose();
        }
    }
}
