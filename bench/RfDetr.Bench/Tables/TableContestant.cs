using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Bench;

/// <summary>An engine in one precision, ready to run one image.</summary>
internal sealed class TableContestant(Contestant contestant, string precision, Engine? options) : IDisposable
{
    // A contestant that takes so much longer than the quickest needs only a few rounds.
    private const double FarSlower = 3;
    private const int FewRounds = 3;

    public string Engine => contestant.Samples.Name;

    public string Precision => precision;

    /// <summary>
    /// The engine that a detector of this kind runs on, to measure its accuracy; null where detectors are not made in this form.
    /// </summary>
    public Engine? Options => options;

    public Samples Samples => contestant.Samples;

    public int Rounds { get; private set; }

    public void Run() => contestant.Execute();

    public void Add(double ms)
    {
        Samples.Add(ms);
        Rounds++;
    }

    /// <summary>True if more rounds are worth their time, given the quickest median.</summary>
    public bool IsWorthMore(double quickest) => Rounds < FewRounds || Samples.Median < FarSlower * quickest;

    public void Dispose() => contestant.Dispose();

    /// <summary>All contestants, the baseline first: a list, so that another engine or precision is another line.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="input">Images that it is shown.</param>
    /// <param name="threads">Threads of each run.</param>
    /// <param name="int8">Products that run in int8, and their number of bits; nothing leaves int8 out.</param>
    public static IEnumerable<(string Name, Func<TableContestant> Open)> All(
        NetworkGraph graph, HostTensor input, int threads, IReadOnlyList<Int8Products> int8)
    {
        Engine.OnnxRuntime onnx = new() { Threads = threads };
        Engine.Cpu own = new() { Threads = threads };
        yield return (
            "plain fp32",
            () => InOnnxRuntime(graph, input, "ONNX Runtime, plain export", "fp32", new() { Optimize = false }, onnx));
        yield return (
            "fp32",
            () =>
                InOnnxRuntime(
                    graph, input, "ONNX Runtime, our export", "fp32", new() { Dialect = OnnxDialect.OnnxRuntime }, onnx));
        yield return ("fp16", () => InOnnxRuntime(
            graph, input, "ONNX Runtime, our export", "fp16",
            new() { Dialect = OnnxDialect.OnnxRuntime, Precision = ExportPrecision.Float16 },
            onnx with { Precision = OnnxPrecision.Float16 }));
        yield return ("own fp32", () => OnOwnEngine(graph, input, null, own with { Precision = CpuPrecision.Float32 }));
        if (int8.Count == 0)
            yield break;
        // Both forms of weights: which of them is the peer's best depends on the processor (VNNI has kernels for signed ones
        // only).
        var export = new ExportOptions
        {
            Dialect = OnnxDialect.OnnxRuntime,
            Precision = ExportPrecision.Int8,
            IsInt8 = int8[0].Weights.Contains
        };
        ExportOptions unsigned = export with { Int8Weights = Int8WeightForm.Unsigned };
        Engine.OnnxRuntime onnxInt8 = onnx with { Precision = OnnxPrecision.Int8 };
        yield return ("int8", () => InOnnxRuntime(graph, input, "ONNX Runtime, our export", "int8", export, onnxInt8));
        yield return ("int8, unsigned", () => new(
            Contestant.InOnnxRuntime("ONNX Runtime, our export, unsigned weights", graph, input, unsigned, threads), "int8",
            options: null));
        foreach (Int8Products products in int8)
            yield return ($"own {PrecisionOf(products)}", () => OnOwnEngine(graph, input, products, own));
    }

    private static TableContestant InOnnxRuntime(
        NetworkGraph graph, HostTensor input, string engine, string precision, ExportOptions export, Engine options) =>
        new(Contestant.InOnnxRuntime(engine, graph, input, export, options.Threads), precision, options);

    private static TableContestant OnOwnEngine(NetworkGraph graph, HostTensor input, Int8Products? int8, Engine options) => new(
        Contestant.OnOwnEngine("our CPU engine", graph, input, new CpuOptions { Threads = options.Threads, Int8 = int8 }),
        PrecisionOf(int8), options);

    private static string PrecisionOf(Int8Products? int8) =>
        int8 is null ? "fp32" : int8.ActivationBits == Int8Kernel.UsualBits ? "int8" : $"int8, {int8.ActivationBits} bits";
}
