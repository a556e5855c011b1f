using System.Globalization;
using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Onnx;
using RfDetr.OnnxRuntime;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Tests.Conformance;

/// <summary>One way to execute an operation. A new back end is one more entry in <see cref="All"/>.</summary>
/// <param name="Name">Shown in the test's name.</param>
/// <param name="Run">Executes a case.</param>
internal sealed record ConformanceBackend(string Name, Func<ConformanceCase, HostTensor> Run)
{
    /// <summary>The name of the back end on libtorch.</summary>
    public const string Libtorch = "libtorch";

    // float32 sums of up to a hundred terms in any order, relative to the result's largest value.
    private const double SingleTolerance = 1e-5;

    // Half has 11 bits: 5e-4 for each rounding of inputs, weights and result.
    private const double HalfTolerance = 4e-3;

    /// <summary>Allowed difference, relative to the expected result's largest value.</summary>
    public double Tolerance { get; init; } = SingleTolerance;

    /// <summary>False for what this way cannot execute, by design.</summary>
    public Func<ConformanceCase, bool> CanRun { get; init; } = _ => true;

    public static IReadOnlyList<ConformanceBackend> All { get; } =
    [
        Eager("host", () => new HostBackend(), HostBackend.Read),
        Torch(),
        new("graph, derived operations written out", c => Evaluate(c, Record(c, supports: _ => false))),
        new("graph, optimized and marked", c => Evaluate(c, Passes.OptimizeForKernels(Record(c, constantsFrom: 1)))),
        Onnx("ONNX portable, as traced", new() { Optimize = false }),
        Onnx("ONNX portable", new()),
        Onnx("ONNX portable, constants", new(), constantsFrom: 1),
        Onnx("ONNX portable, open batch", new(), symbolic: true),
        Onnx("ONNX Runtime's operators", new() { Dialect = OnnxDialect.OnnxRuntime }),
        Onnx("ONNX Runtime's operators, open batch", new() { Dialect = OnnxDialect.OnnxRuntime }, symbolic: true),
        Onnx(
            "ONNX half precision", new() { Precision = ExportPrecision.Float16 }, constantsFrom: 1)
            with { Tolerance = HalfTolerance },

        // Narrower registers are forced by name; wider ones than this processor's are not listed, as they would not be run.
        .. InstructionSets.Available.SelectMany(set => new[]
        {
            Cpu($"CPU engine, {set}", set),
            Cpu($"CPU engine, {set}, constants", set, constantsFrom: 1),
            Cpu($"CPU engine, {set}, open batch", set, symbolic: true),
        }),
    ];

    public override string ToString() => Name;

    /// <summary>
    /// Skips the running test where a back end needs libtorch and the system has none; on Linux <c>./test</c> sets it up.
    /// </summary>
    public static void Require(string name)
    {
        if (name == Libtorch && !OperatingSystem.IsLinux())
            Skip.IfNot(TorchRuntime.IsAvailable(out string reason), reason);
    }

    /// <summary>A back end that computes at once.</summary>
    private static ConformanceBackend Eager(string name, Func<Backend> create, Func<Tensor, HostTensor> read) => new(name, c =>
    {
        Backend backend = create();
        return read(backend.Apply(c.Op, [.. c.Inputs.Select(backend.Constant)]));
    });

    private static ConformanceBackend Torch() => new(Libtorch, c =>
    {
        using var scope = new TorchScope();
        using var backend = new TorchBackend();
        return TorchBackend.Read(backend.Apply(c.Op, [.. c.Inputs.Select(backend.Constant)]));
    });

    private static ConformanceBackend Onnx(
        string name, ExportOptions options, int constantsFrom = int.MaxValue, bool symbolic = false) =>
        new(name, c =>
        {
            // A position table is resampled when the file is written, never when it runs: it is a constant.
            int from = c.Op is ResizeBicubicAntialias ? 0 : constantsFrom;
            byte[] model = OnnxExporter.ToBytes(Record(c, from, symbolic), options);
            using OnnxSession session = OnnxSession.FromBytes(model, new OnnxSessionOptions { IntraOpThreads = 1 });
            return session.Run(session.Inputs.ToDictionary(i => i.Name, i => InputOf(c, i.Name)))["y"];
        })
        {
            CanRun = c => !symbolic || c.PerBatch is not null,
        };

    private static ConformanceBackend Cpu(
        string name, InstructionSet set, int constantsFrom = int.MaxValue, bool symbolic = false) =>
        new(name, c =>
        {
            NetworkGraph graph = Record(c, constantsFrom, symbolic);
            Dictionary<string, HostTensor> inputs = graph.Inputs.ToDictionary(i => i.Name, i => InputOf(c, i.Name));
            return CpuRuns.Run(graph, inputs, new CpuOptions { Threads = 1, InstructionSet = set }, symbolic ? c.Batch : 1)["y"];
        })
        {
            CanRun = c => !symbolic || c.PerBatch is not null,
        };

    private static NetworkGraph Record(
        ConformanceCase c, int constantsFrom = int.MaxValue, bool symbolic = false, Func<DerivedOp, bool>? supports = null)
    {
        var backend = new GraphBackend(supports);
        Tensor[] inputs = [.. c.Inputs.Select((data, i) => i < constantsFrom
            ? backend.Input(string.Create(CultureInfo.InvariantCulture, $"x{i}"), c.Type(i, symbolic))
            : backend.Constant(data))];
        return backend.Finish([("y", backend.Apply(symbolic ? c.Make(Dim.Batch) : c.Op, inputs))]);
    }

    private static HostTensor Evaluate(ConformanceCase c, NetworkGraph graph) =>
        GraphEvaluator.Run(graph, graph.Inputs.ToDictionary(i => i.Name, i => InputOf(c, i.Name)))["y"];

    private static HostTensor InputOf(ConformanceCase c, string name) =>
        c.Inputs[int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture)];
}
