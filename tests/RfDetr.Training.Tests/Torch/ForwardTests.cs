using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>
/// The reference's stages of a forward pass, from the network on libtorch: of every variant but xlarge and 2xlarge, whose two-stage step
/// chooses other cells than the reference on this back end (the engines that detect agree with it). See docs/training.md, "Open".
/// </summary>
public sealed class ForwardTests
{
    private static readonly string[] s_open = ["2xlarge", "xlarge"];

    public static TheoryData<string> Agreeing =>
        [.. Directory.GetFiles(Goldens.Path("forward"), "*.safetensors").Order(StringComparer.Ordinal).Select(f => Path.GetFileNameWithoutExtension(f)).Except(s_open)];

    [Fact]
    public void There_are_seventeen_files_beside_those_that_are_open() => Agreeing.Count.ShouldBe(17);

    [Theory]
    [MemberData(nameof(Agreeing))]
    public void Every_stage_is_the_reference_s(string name)
    {
        StageBundle bundle = StageBundle.Open(Goldens.Path($"forward/{name}.safetensors"));
        string salt = bundle.Text("salt").ShouldNotBeNull();
        Variants.TryGet(bundle.Text("variant").ShouldNotBeNull(), out ModelConfig? config).ShouldBeTrue();
        var formula = new FormulaWeights(salt);
        int size = bundle.Number("resolution");
        var stages = bundle.Stages.Where(s => !s.Name.StartsWith("post.", StringComparison.Ordinal)).ToList();
        var comparer = new StageComparer(bundle, rowsAsSet: !salt.StartsWith("ranked", StringComparison.Ordinal), new ParityOptions());

        using var scope = new TorchScope();
        using var grad = TorchRuntime.NoGrad();
        using var backend = new TorchBackend(new() { KeepTap = _ => true });
        LayerOutput result = new RfDetrNetwork(new Weights(formula, backend), config!).Forward(backend.Constant(formula.Input(bundle.Number("batch"), size, size))).Result;
        if (result.Masks is { } masks)
            backend.Taps[StageNames.Masks] = TorchBackend.Read(masks.Logits());

        foreach (ExpectedStage expected in stages)
        {
            StageResult compared = comparer.Compare(expected, backend.Taps[expected.Name == StageNames.FirstMasks ? StageNames.Masks : expected.Name]);
            compared.Ok.ShouldBeTrue(FormattableString.Invariant($"{expected.Name}: {compared.MaxAbsError:g3} of {compared.Tolerance:g3}"));
        }

        stages.Count.ShouldBeGreaterThan(5);

        // Weights of 500 MB lie on the large object heap: let the next network have the room.
        GC.Collect();
    }
}
