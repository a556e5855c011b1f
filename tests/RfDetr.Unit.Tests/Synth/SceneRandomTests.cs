
namespace RfDetr.Tests.Synth;

/// <summary>Scenes are named by seed and index: the stream behind them may never change.</summary>
public class SceneRandomTests
{
    [Fact]
    public void The_stream_is_what_the_formulas_say()
    {
        // xoshiro256** over SplitMix64, computed with whole numbers of any length.
        var random = new SceneRandom(7, 3);
        random.NextUInt64().ShouldBe(8743672393577285022UL);
        random.NextUInt64().ShouldBe(3672041177902788693UL);
        random.NextUInt64().ShouldBe(17675170852963311102UL);
    }
}
