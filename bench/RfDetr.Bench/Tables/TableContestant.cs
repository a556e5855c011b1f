using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Bench;

/// <summary>An engine in one precision, ready to run one picture.</summary>
internal sealed class TableContestant(string engine, string precision, DetectorOptions options, Action run, params IDisposable[] owned) : IDisposable
{
    // Whoever takes so much longer than the quickest has shown it after a few rounds.
    private const double FarSlower = 2;
    private const int FewRounds = 3;

    public string Engine => engine;

    public string Precision => precision;

    /// <summary>What loads a detector of this kind, for accuracy.</summary>
    public DetectorOptions Options => options;

    public Samples Samples { get; } = new(engine);

    public int Rounds { get; private set; }

    public void Run() => run();

    public void Add(double ms)
    {
        Samples.Add(ms);
        Rounds++;
    }

    /// <summary>Whether more rounds would tell anything, given the quickest median.</summary>
    public bool IsWorthMore(double quickest) => Rounds < FewRounds || Samples.Median < FarSlower * quickest;

    public void Dispose() => Array.ForEach(owned, o => o.Dispose());

    /// <summary>What is measured, the baseline first: a list, so that another engine or precision is another line.</summary>
    public static IEnumerable<(string Name, Func<TableContestant> Open)> All(NetworkGraph graph, HostTensor input, int threads)
    {
        DetectorOptions onnx = new() { Engine = EngineKind.OnnxRuntime, Threads = threads };
        yield return ("plain fp32", () => InOnnxRuntime(graph, input, "ONNX Runtime, plain export", "fp32", new() { Optimize = false }, onnx));
        yield return ("fp32", () => InOnnxRuntime(graph, input, "ONNX Runtime, our export", "fp32", new() { Dialect = OnnxDialect.OnnxRuntime }, onnx));
        yield return ("fp16", () => InOnnxRuntime(
            graph, input, "ONNX Runtime, our export", "fp16", new() { Dialect = OnnxDialect.OnnxRuntime, Precision = ExportPrecision.Float16 }, onnx with { Precision = ExportPrecision.Float16 }));
        yield return ("own fp32", () => OnOwnEngine(graph, input, new() { Engine = EngineKind.Cpu, Threads = threads }));
    }

    private static TableContestant InOnnxRuntime(NetworkGraph graph, HostTensor input, string engine, string precision, ExportOptions export, DetectorOptions options)
    {
        OnnxSession session = OnnxSession.FromBytes(OnnxExporter.ToBytes(graph, export), new SessionOptions { IntraOpThreads = options.Threads });
        SessionBinding binding = session.CreateBinding();
        input.CopyTo(binding.BindInput(InferenceGraph.InputName, [.. input.Shape.Select(size => (long)size)]).Data<float>());
        return new(engine, precision, options, () => binding.Run(), binding, session);
    }

    private static TableContestant OnOwnEngine(NetworkGraph graph, HostTensor input, DetectorOptions options)
    {
        CpuNetwork network = CpuNetwork.Compile(graph, new CpuOptions { Threads = options.Threads });
        CpuRun run = network.Rent();
        input.CopyTo(run[InferenceGraph.InputName].Floats);
        return new($"our CPU engine, {network.Options.InstructionSet}", "fp32", options, () => run.Execute(), run, network);
    }
}
