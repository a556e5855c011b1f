using RfDetr.Onnx;

namespace RfDetr.Tests.Parity;

/// <summary>Every golden forward pass, stage by stage; one test at a time, as the largest networks take gigabytes.</summary>
[Collection(nameof(LargeNetworks))]
public sealed class ForwardGoldenTests
{
    private const string Duration = nameof(Duration), Long = nameof(Long);

    public static TheoryData<string> Small => [.. ForwardGoldens.Small];

    public static TheoryData<string> FullSize => [.. ForwardGoldens.FullSize];

    [Fact]
    public void There_are_nineteen_files()
    {
        ForwardGoldens.Small.Concat(ForwardGoldens.FullSize).Order(StringComparer.Ordinal)
            .ShouldBe(
                ParityCheck.GoldenFiles(Goldens.Path("forward")).Select(f => Path.GetFileNameWithoutExtension(f)),
                ignoreOrder: true);
        (Small.Count + FullSize.Count).ShouldBe(19);
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void Exported_graph_in_OnnxRuntime_gives_the_reference_s_stages(string name) =>
        Check(name, new ParityOptions());

    [Theory]
    [Trait(Duration, Long)]
    [MemberData(nameof(FullSize))]
    public void Exported_graph_of_full_size_in_OnnxRuntime_gives_the_reference_s_stages(string name) =>
        Check(name, new ParityOptions());

    [Theory]
    [InlineData("nano-128")]
    [InlineData("base-168")]
    public void So_does_the_portable_graph(string name) =>
        Check(name, new ParityOptions { Dialect = OnnxDialect.Portable });

    [Theory]
    [Trait(Duration, Long)]
    [InlineData("seg-nano")]
    [InlineData("large-deprecated")]
    public void So_does_the_portable_graph_of_full_size(string name) =>
        Check(name, new ParityOptions { Dialect = OnnxDialect.Portable });

    [Theory]
    [MemberData(nameof(Small))]
    public void So_does_our_own_engine(string name) =>
        Check(name, new ParityOptions { Engine = ParityEngine.Cpu });

    [Theory]
    [Trait(Duration, Long)]
    [MemberData(nameof(FullSize))]
    public void So_does_our_own_engine_at_full_size(string name) =>
        Check(name, new ParityOptions { Engine = ParityEngine.Cpu });

    [Theory]
    [InlineData("nano-128")]
    [InlineData("seg-nano-120")]
    public void So_does_the_host_back_end(string name) =>
        Check(name, new ParityOptions { Engine = ParityEngine.Host });

    /// <remarks>
    /// large-deprecated has two levels, one of them of 80 cells a side, and seg-xlarge 52: anchors outside are masked there.
    /// </remarks>
    [Theory]
    [Trait(Duration, Long)]
    [InlineData("nano", OnnxDialect.OnnxRuntime)]
    [InlineData("seg-nano", OnnxDialect.OnnxRuntime)]
    [InlineData("seg-nano", OnnxDialect.Portable)]
    [InlineData("large-deprecated", OnnxDialect.OnnxRuntime)]
    [InlineData("seg-xlarge", OnnxDialect.OnnxRuntime)]
    public void In_half_precision_logits_agree_to_a_hundredth(string name, OnnxDialect dialect)
    {
        ParityReport report = Run(name, new ParityOptions { Precision = ExportPrecision.Float16, Dialect = dialect });

        StageResult logits = report.Stages.Single(s => s.Stage == "pred_logits");
        logits.Ok.ShouldBeTrue(Text(logits));
        logits.MaxAbsError.ShouldBeGreaterThan(1e-5, "half precision was asked for, so it must show");
    }

    private static void Check(string name, ParityOptions options)
    {
        ParityReport report = Run(name, options);

        report.Stages.Count.ShouldBe(
            SafetensorsGolden.Load($"forward/{name}.safetensors").Names.Count(n =>
                !n.EndsWith(".index", StringComparison.Ordinal)));
        string[] wrong = [.. report.Stages.Where(s => !s.Ok).Select(Text)];
        wrong.ShouldBeEmpty();
        report.Ok.ShouldBeTrue();
    }

    private static ParityReport Run(string name, ParityOptions options)
    {
        ParityReport report = ParityCheck.Golden(Goldens.Path($"forward/{name}.safetensors"), options);
        // Weights of 500 MB lie on the large object heap: let the next network have the room.
        GC.Collect();
        return report;
    }

    private static string Text(StageResult s) =>
        Invariant.Text($"{s.Stage}: {s.MaxAbsError:g3} of {s.Tolerance:g3} {s.Note}");
}
