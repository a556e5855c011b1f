using RfDetr.Training;

namespace RfDetr.Tests.Augmentation;

public class AugmenterTests
{
    public static TheoryData<AugmentationPreset> Presets => [.. Enum.GetValues<AugmentationPreset>()];

    [Theory]
    [MemberData(nameof(Presets))]
    public void The_same_random_stream_gives_the_same_image(AugmentationPreset preset)
    {
        AugmentationOptions options =
            AugmentationPresets.Get(preset) with { MixUp = preset == AugmentationPreset.Aggressive ? 0.3 : 0 };
        for (ulong seed = 0; seed < 15; seed++)
        {
            Sample first = Apply(options, seed), again = Apply(options, seed);

            first.ShouldBe(again);
            foreach (SampleObject o in first.Objects)
                (
                    o.Box.X >= 0
                        && o.Box.Y >= 0 && o.Box.X + o.Box.Width <= first.Width && o.Box.Y + o.Box.Height <= first.Height)
                    .ShouldBeTrue();
        }
    }

    [Fact]
    public void None_changes_nothing()
    {
        for (ulong seed = 0; seed < 10; seed++)
            Apply(AugmentationPresets.None, seed).ShouldBe(Samples.Make(seed));
    }

    [Fact]
    public void The_default_mirrors_and_crops_half_of_the_time()
    {
        int cropped = Enumerable.Range(0, 1000).Count(seed =>
            Apply(AugmentationPresets.Default, (ulong)seed) is not { Width: 90, Height: 61 });

        cropped.ShouldBeInRange(430, 570);
    }

    [Fact]
    public void Presets_are_valid_and_there_are_no_others()
    {
        foreach (AugmentationPreset name in Enum.GetValues<AugmentationPreset>())
            AugmentationPresets.Get(name).Validate();
        Should.Throw<ArgumentOutOfRangeException>(() => AugmentationPresets.Get((AugmentationPreset)99));
    }

    [Fact]
    public void All_values_out_of_range_are_named_at_once()
    {
        string message = Should.Throw<ArgumentException>(() =>
            new AugmentationOptions { HorizontalFlip = 1.5, Scale = 1, NoiseSigma = double.NaN }.Validate()).Message;

        message.ShouldContain("HorizontalFlip must be 0 to 1, got 1.5");
        message.ShouldContain("Scale must be 0 to below 1, got 1");
        message.ShouldContain("NoiseSigma must be 0 to 100, got NaN");
    }

    private static Sample Apply(AugmentationOptions options, ulong seed) =>
        Augmenter.Apply(
            Samples.Make(seed), options, new SampleRandom(seed, 99),
            random => Samples.Make(1000 + (ulong)random.Below(5), 70, 80));
}
