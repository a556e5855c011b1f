using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

/// <summary>Values against TrackEval are in <see cref="StreamParityTests"/>; here is what goldens do not cover.</summary>
public class TrackingMetricsTests
{
    private static readonly MotEntry[] s_truth =
        [.. Enumerable.Range(1, 4).SelectMany(f => new[] { Entry(f, 1, 0), Entry(f, 2, 50) })];

    [Fact]
    public void Several_sequences_are_added_up_not_averaged()
    {
        var both = new TrackingMetrics();
        both.Add(s_truth, s_truth);
        both.Add([Entry(1, 1, 0)], [Entry(1, 1, 500)]);

        TrackingScores scores = both.Scores();

        scores.Clear.TruePositives.ShouldBe(8);
        scores.Clear.Mota.ShouldBe((8 - 1) / 9.0, 1e-12);
        scores.Identity.Idf1.ShouldBe(8 / 9.0, 1e-12);
        scores.Hota.DetA.ShouldBe(8 / 10.0, 1e-12);
        scores.Hota.AssA.ShouldBe(1, 1e-12);
    }

    [Fact]
    public void What_a_truth_does_not_count_is_neither_missed_nor_false()
    {
        MotEntry[] truth = [.. s_truth.Select(e => e.Id == 2 ? e with { Score = 0 } : e)];

        TrackingScores scores = TrackingMetrics.Of(truth, s_truth);

        scores.Clear.TruePositives.ShouldBe(4);
        scores.Clear.FalsePositives.ShouldBe(0);
        scores.Clear.FalseNegatives.ShouldBe(0);
        scores.Hota.Hota.ShouldBe(1, 1e-12);
        TrackingMetrics.Of(truth, [Entry(1, 9, 900)]).Clear.FalsePositives.ShouldBe(1);
    }

    [Fact]
    public void Ids_need_not_be_small_or_equal()
    {
        MotEntry[] renamed = [.. s_truth.Select(e => e with { Id = 1_000_000_007 * (e.Id - 1) - 5 })];

        TrackingMetrics.Of(s_truth, renamed).Hota.Hota.ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Sequences_beyond_reason_are_refused()
    {
        MotEntry[] many = [.. Enumerable.Range(0, 20_000).Select(i => Entry(i / 5 + 1, i, 0))];
        MotEntry[] full = [.. Enumerable.Range(0, 10_001).Select(i => Entry(1, i, 0))];

        Should.Throw<ArgumentException>(() => TrackingMetrics.Of(many, many)).Message.ShouldContain("shorter sequences");
        Should.Throw<ArgumentException>(() => TrackingMetrics.Of(full, [])).Message.ShouldContain("at most 10000");
    }

    [Fact]
    public void Nothing_at_all_gives_zeros() => TrackingMetrics.Of([], []).Clear.Mota.ShouldBe(0);

    private static MotEntry Entry(int frame, int id, double x) => new(frame, id, x, 0, 10, 10);
}
