using RfDetr.Onnx;
using static RfDetr.Tests.Optimizing.PlantedCandidates;

namespace RfDetr.Tests.Optimizing;

/// <summary>Winner of the race, with planted costs on a clock that is moved by hand.</summary>
public class RaceTests
{
    private static readonly EngineChoice[] s_all = [Spinning, Own, OneThread];

    private readonly HandClock _clock = new();

    [Fact]
    public void The_quickest_wins_and_stays_loaded_alone()
    {
        var source = new PlantedCandidates(_clock) { CostMs = (c, b) => b * (c == Own ? 60 : c == Spinning ? 80 : 100) };
        var race = new Race(source, new OptimizeOptions(), _clock);

        (Entrant best, int batch) = Run(race);

        best.Choice.ShouldBe(Own);
        batch.ShouldBe(1);
        source.Alive.ShouldBe([Own]);
        source.MostAlive.ShouldBeLessThanOrEqualTo(3);
        CandidateReport own = Of(race, Own);
        own.Fate.ShouldBe(CandidateFate.Chosen);
        own.MedianMs.ShouldBe(60);
        own.Ratio!.Value.ShouldBe(0.75, 1e-9);
        own.Rival.ShouldBe(Spinning);
        Of(race, Reference).Fate.ShouldBe(CandidateFate.Slower);
        Of(race, Spinning).Fate.ShouldBe(CandidateFate.Slower);
        Of(race, OneThread).Fate.ShouldBe(CandidateFate.Slower);
    }

    [Fact]
    public void One_whose_results_differ_is_refused_however_quick_it_is()
    {
        var source = new PlantedCandidates(_clock)
        {
            CostMs = (c, b) => b * (c == Own ? 1 : c == Spinning ? 80 : 100),
            Finds = (c, _) => Seen(c == Own ? 0.88f : 0.9f),
        };
        var race = new Race(source, new OptimizeOptions(), _clock);

        Run(race).Best.Choice.ShouldBe(Spinning);

        CandidateReport refused = Of(race, Own);
        refused.Fate.ShouldBe(CandidateFate.Different);
        refused.Difference!.Value.ShouldBe(0.02, 1e-6);
        refused.Calls.ShouldBe(0);
        refused.Reason.ShouldContain("0.02");
        refused.Reason.ShouldContain("0.01 is tolerated");
        source.Alive.ShouldBe([Spinning]);
    }

    [Fact]
    public void Reduced_precision_is_given_its_own_tolerance()
    {
        EngineChoice half = Own with { Engine = EngineKind.OnnxRuntime, Precision = ExportPrecision.Float16 };
        var source = new PlantedCandidates(_clock)
        {
            CostMs = (c, b) => b * (c == half ? 50 : 100),
            Finds = (c, _) => Seen(c == half ? 0.85f : 0.9f)
        };

        new Race(source, new OptimizeOptions(), _clock).Run(Reference, [half], _ => [], default).Best.Choice.ShouldBe(half);
        new Race(
            source, new OptimizeOptions { ReducedPrecisionTolerance = 0.02 }, _clock)
            .Run(Reference, [half], _ => [], default).Best.Choice.ShouldBe(Reference);
    }

    [Fact]
    public void Without_a_clear_gain_the_unoptimized_one_stays()
    {
        var source = new PlantedCandidates(_clock) { CostMs = (c, b) => b * (c == Own ? 98 : 100) };
        var race = new Race(source, new OptimizeOptions(), _clock);

        Run(race).Best.Choice.ShouldBe(Reference);

        Of(race, Own).Fate.ShouldBe(CandidateFate.NotFaster);
        Of(race, Own).Ratio!.Value.ShouldBe(0.98, 1e-9);
        source.Alive.ShouldBe([Reference], "the caller decides about the reference");
    }

    [Fact]
    public void Who_is_far_slower_is_dropped_after_two_rounds()
    {
        var source = new PlantedCandidates(_clock) { CostMs = (c, b) => b * (c == OneThread ? 200 : 100) };
        var race = new Race(source, new OptimizeOptions(), _clock);

        Run(race);

        Of(race, OneThread).Calls.ShouldBe(2);
        Of(race, OneThread).Fate.ShouldBe(CandidateFate.Slower);
        Of(race, Spinning).Calls.ShouldBeGreaterThan(2);
    }

    [Fact]
    public void A_machine_that_slows_down_meanwhile_changes_nothing()
    {
        var source = new PlantedCandidates(_clock)
        {
            CostMs = (c, b) => b * (c == Own ? 90 : 100) * (1 + _clock.GetTimestamp() / (double)TimeSpan.TicksPerSecond)
        };

        Run(new Race(source, new OptimizeOptions(), _clock)).Best.Choice.ShouldBe(Own);
    }

    [Fact]
    public void The_budget_ends_the_race_and_what_was_not_measured_is_told()
    {
        var source = new PlantedCandidates(_clock) { CostMs = (_, b) => 1000 * b };
        var race = new Race(source, new OptimizeOptions { Budget = TimeSpan.FromSeconds(7) }, _clock);

        Run(race).Best.Choice.ShouldBe(Reference);

        race.Spent.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(8), "the budget and the round under way");
        race.Spent.TotalMilliseconds.ShouldBe(
            _clock.GetTimestamp() / (double)TimeSpan.TicksPerMillisecond, "every measured call is counted");
        Of(race, Spinning).Fate.ShouldBe(CandidateFate.NotFaster);
        Of(race, Own).Fate.ShouldBe(CandidateFate.NotMeasured);
        Of(race, Own).Reason.ShouldContain("1 of at least 3 rounds");
        Of(race, OneThread).Fate.ShouldBe(CandidateFate.NotMeasured);
        Of(race, OneThread).Calls.ShouldBe(0);
        source.Opened.ShouldNotContain(OneThread, "nothing is loaded that cannot be measured");
    }

    [Fact]
    public void One_that_cannot_be_loaded_is_told_and_the_race_goes_on()
    {
        var source = new PlantedCandidates(_clock)
        {
            CostMs = (c, b) => b * (c == OneThread ? 50 : 100),
            Opening = c => _ = c == Own ? throw new NotSupportedException("no kernel for 'fold'") : 0,
        };
        var race = new Race(source, new OptimizeOptions(), _clock);

        Run(race).Best.Choice.ShouldBe(OneThread);

        Of(race, Own).Fate.ShouldBe(CandidateFate.Failed);
        Of(race, Own).Reason.ShouldBe("no kernel for 'fold'");
    }

    [Fact]
    public void The_batch_is_chosen_by_the_time_per_image()
    {
        var source = new PlantedCandidates(_clock) { CostMs = (_, b) => 60 + 40 * b };
        var race = new Race(source, new OptimizeOptions(), _clock);

        (Entrant best, int batch) = race.Run(Reference, [], c => [c with { Batch = 2 }, c with { Batch = 4 }], default);

        batch.ShouldBe(4);
        best.Choice.ShouldBe(Reference, "single images are not made to wait");
        Of(race, Reference with { Batch = 4 }).MedianMs.ShouldBe(55);
        source.Opened.ShouldBe([Reference], "a batch needs no engine of its own");
    }

    [Fact]
    public void A_batch_with_other_results_is_refused()
    {
        var source =
            new PlantedCandidates(_clock) { CostMs = (_, b) => 60 + 40 * b, Finds = (_, b) => Seen(b == 4 ? 0.5f : 0.9f) };
        var race = new Race(source, new OptimizeOptions(), _clock);

        race.Run(Reference, [], c => [c with { Batch = 2 }, c with { Batch = 4 }], default).Batch.ShouldBe(2);

        Of(race, Reference with { Batch = 4 }).Fate.ShouldBe(CandidateFate.Different);
    }

    [Fact]
    public void Canceling_leaves_nothing_loaded()
    {
        using var cancel = new CancellationTokenSource();
        var source = new PlantedCandidates(_clock)
        {
            CostMs = (c, b) =>
            {
                if (c == Own)
                    cancel.Cancel();
                return 100 * b;
            },
        };

        Should.Throw<OperationCanceledException>(() =>
            new Race(source, new OptimizeOptions(), _clock).Run(Reference, s_all, _ => [], cancel.Token));

        source.Alive.ShouldBeEmpty();
    }

    private static (Entrant Best, int Batch) Run(Race race) => race.Run(Reference, s_all, _ => [], default);

    private static CandidateReport Of(Race race, EngineChoice choice) => race.Entrants.Single(e => e.Choice == choice).Report();
}
