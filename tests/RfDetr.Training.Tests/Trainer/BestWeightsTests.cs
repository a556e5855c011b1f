using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>
/// The count of evaluations without growth, which early stopping goes by. A rank other than the first saves nothing, so no run is
/// needed.
/// </summary>
public sealed class BestWeightsTests
{
    [Theory]
    [InlineData(0.1, 0.15, 1)] // grows by less than the least that counts
    [InlineData(0.1, 0.25, 0)]
    [InlineData(0.0, 0.15, 0)]
    [InlineData(0.0, 0.10, 1)] // equal is no growth
    [InlineData(1.0, 0.99, 1)]
    public void GrowthIsWhatTheOptionSays(double minDelta, double score, int withoutGrowth)
    {
        using Ranks second = new SecondRank();
        var best = new BestWeights(null!, null!, new EarlyStoppingOptions { MinDelta = minDelta }, second);
        (RunStatus first, bool isBest) = best.Take(new RunStatus(), new EpochScores(0.1, 0.2, null, null), null);
        isBest.ShouldBeTrue();

        (RunStatus status, _) = best.Take(first, new EpochScores(score, 0.3, null, null), null);

        status.WithoutGrowth.ShouldBe(withoutGrowth);
        status.BestRegular.ShouldBe(Math.Max(0.1, score));
    }

    [Fact]
    public void SlowGrowthAddsUpAgainstTheScoreThatLastCounted()
    {
        using Ranks second = new SecondRank();
        var best = new BestWeights(null!, null!, new EarlyStoppingOptions { MinDelta = 0.1 }, second);
        RunStatus status = new();
        int[] counts = [.. new[] { 0.10, 0.16, 0.21, 0.25, 0.32 }.Select(score =>
        {
            (status, _) = best.Take(status, new EpochScores(score, 0, null, null), new EpochScores(score / 2, 0, null, null));
            return status.WithoutGrowth;
        })];

        counts.ShouldBe([0, 1, 0, 1, 0]);
    }

    private sealed class SecondRank : Ranks
    {
        public override int Rank => 1;

        public override int Count => 2;
    }
}
