using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>The reference's stages of a forward pass, from the network on libtorch: of every variant.</summary>
public sealed class ForwardTests
{
    public static TheoryData<string> Small => [.. ForwardGoldens.Small];

    public static TheoryData<string> FullSize => [.. ForwardGoldens.FullSize];

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_stage_of_a_small_network_is_the_reference_s(string name) => Check(name);

    [Theory]
    [Trait("Duration", "Long")]
    [MemberData(nameof(FullSize))]
    public void Every_stage_of_a_network_of_full_size_is_the_reference_s(string name) => Check(name);

    private static void Check(string name)
    {
        StageBundle bundle = StageBundle.Open(Goldens.Path($"forward/{name}.safetensors"));
        string salt = bundle.Text("salt").ShouldNotBeNull();
        Variants.TryGet(bundle.Text("variant").ShouldNotBeNull(), out ModelConfig? config).ShouldBeTrue();
        // 366 in xlarge and 2xlarge
        config = config! with { ClassLogits = bundle.Stages.Single(s => s.Name == StageNames.Logits).Shape![^1] };
        var formula = new FormulaWeights(salt);
        int size = bundle.Number("resolution");
        var stages = bundle.Stages.Where(s => !s.Name.StartsWith("post.", StringComparison.Ordinal)).ToList();
        var comparer =
            new StageComparer(bundle, rowsAsSet: !salt.StartsWith("ranked", StringComparison.Ordinal), new ParityOptions());

        using var scope = new TorchScope();
        using var grad = TorchRuntime.NoGrad();
        using var backend = new TorchBackend(new() { KeepTap = _ => true });
        LayerOutput result = new RfDetrNetwork(new Weights(formula, backend), config).Forward(
            backend.Constant(formula.Input(bundle.Number("batch"), size, size))).Result;
        if (result.Masks is { } masks)
            backend.Taps[StageNames.Masks] = TorchBackend.Read(masks.Logits());

        foreach (ExpectedStage expected in stages)
        {
            StageResult compared = comparer.Compare(
                expected, backend.Taps[expected.Name == StageNames.FirstMasks ? StageNames.Masks : expected.Name]);
            compared.Ok.ShouldBeTrue(
                Invariant.Text($"{expected.Name}: {compared.MaxAbsError:g3} of {compared.Tolerance:g3}"));
        }

        stages.Count.ShouldBeGreaterThan(5);

        // Weights of 500 MB lie on the large object heap: let the next network have the room.
        GC.Collect();
    }
}
