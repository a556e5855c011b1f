using RfDetr.Training;

namespace RfDetr.Tests.Loading;

/// <summary>Runs are named by their seed: the streams behind augmentation and first weights may never change.</summary>
public sealed class RandomStreamTests
{
    [Fact]
    public void AugmentationDrawsWhatTheFormulasSay()
    {
        // xoshiro256** over SplitMix64, computed with whole numbers of any length.
        var random = new SampleRandom(1, 2, 3);
        random.NextUInt64().ShouldBe(17548968075976109068UL);
        random.NextUInt64().ShouldBe(1391377774211083746UL);
        random.NextUInt64().ShouldBe(3700759225267787947UL);
    }

    [Fact]
    public void FirstWeightsDrawWhatTheFormulasSay()
    {
        // SplitMix64 from FNV-1a of the name.
        var draws = new NormalDraws(42, "query_feat.weight");
        draws.Uniform().ShouldBe(0.7415849348677236);
        draws.Uniform().ShouldBe(0.8364280918552796);
        draws.Uniform().ShouldBe(0.038025595136105705);
    }
}
