using static RfDetr.Tests.Optimizing.PlantedCandidates;

namespace RfDetr.Tests.Optimizing;

/// <summary>When a choice is remembered and when it is measured.</summary>
public sealed class ChoiceFinderTests : IDisposable
{
    private static readonly string[] s_facts = ["processor: one", "model: abc"];

    private readonly TemporaryFolder _folder = new();
    private readonly HandClock _clock = new();
    private readonly PlantedCandidates _source;
    private readonly CandidateFacts _candidates = new(new Engine.OnnxRuntime(), false, false, 2);

    public ChoiceFinderTests() => _source = new(_clock) { CostMs = (c, b) => b * (c.Spinning ? 80 : 100) };

    private ChoiceCache Cache => new(_folder["choices"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_measured_once_is_remembered_with_all_its_reasons()
    {
        (OptimizationReport measured, IContender? winner) = Find();
        winner.ShouldNotBeNull();
        measured.FromCache.ShouldBeFalse();
        measured.Chosen.ShouldBe(Spinning);
        measured.IsComplete.ShouldBeTrue();
        int opened = _source.Opened.Count;

        (OptimizationReport known, IContender? none) = Find();

        none.ShouldBeNull();
        _source.Opened.Count.ShouldBe(opened, "nothing is loaded to remember");
        known.FromCache.ShouldBeTrue();
        known.Candidates.ShouldBe(measured.Candidates);
        known.Facts.ShouldBe(measured.Facts);
        (
            known with { FromCache = false, Candidates = measured.Candidates, Facts = measured.Facts, Notes = measured.Notes })
            .ShouldBe(measured);
    }

    [Fact]
    public void Another_machine_or_model_is_measured_again()
    {
        Find().Winner.ShouldNotBeNull();
        Find(facts: ["processor: two", "model: abc"]).Winner.ShouldNotBeNull();
        Find(facts: ["processor: one", "model: abd"]).Winner.ShouldNotBeNull();
        Find().Winner.ShouldBeNull("the others did not replace it");
    }

    [Fact]
    public void A_file_that_was_copied_from_another_machine_is_not_believed()
    {
        Find();
        string[] other = ["processor: two", "model: abc"];
        File.Copy(Cache.PathOf(s_facts), Cache.PathOf(other));
        Find(facts: other).Winner.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1, 2]")]
    [InlineData("""{"schema_version": 1, "report": null}""")]
    [InlineData("""{"schema_version": 1, "report": {"facts": ["processor: one", "model: abc"]}}""")]
    public void A_broken_file_is_measured_again_and_replaced(string content)
    {
        Directory.CreateDirectory(_folder["choices"]);
        File.WriteAllText(Cache.PathOf(s_facts), content);
        Find().Winner.ShouldNotBeNull();
        Find().Winner.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"schema_version\": 1", "\"schema_version\": 2")]
    [InlineData("\"threads\": 2", "\"threads\": 0")]
    [InlineData("\"OnnxRuntime\"", "\"Auto\"")]
    [InlineData("\"OnnxRuntime\"", "77")]
    [InlineData("\"batch\": 1", "\"batch\": -4")]
    [InlineData("\"notes\": []", "\"from_cache\": true")]
    [InlineData("\"notes\": []", "\"notes\": [null]")]
    [InlineData("\"fate\": \"Chosen\"", "\"fate\": 77")]
    [InlineData("\"spinning\": ", "\"spinning\": 1, \"was\": ")]
    [InlineData("\"candidates\": [", "\"candidates\": [], \"were\": [")]
    public void A_choice_that_cannot_be_is_measured_again(string there, string instead)
    {
        Find();
        string text = File.ReadAllText(Cache.PathOf(s_facts));
        text.ShouldContain(there);
        File.WriteAllText(Cache.PathOf(s_facts), text.Replace(there, instead, StringComparison.Ordinal));
        Find().Winner.ShouldNotBeNull();
    }

    [Fact]
    public void Refresh_measures_and_replaces()
    {
        Find();
        DateTimeOffset first = Find().Report.MeasuredAt;
        Find(new OptimizeOptions { Batches = [1], Refresh = true }).Winner.ShouldNotBeNull();
        Find().Report.MeasuredAt.ShouldBeGreaterThan(first);
    }

    [Fact]
    public void A_choice_made_in_haste_lasts_until_there_is_more_time()
    {
        var hasty = new OptimizeOptions { Batches = [1], Budget = TimeSpan.FromMilliseconds(1) };
        Find(hasty).Report.IsComplete.ShouldBeFalse();
        Find(hasty).Winner.ShouldBeNull();
        (OptimizationReport report, IContender? winner) = Find();
        winner.ShouldNotBeNull();
        report.IsComplete.ShouldBeTrue();
        Find(hasty).Report.IsComplete.ShouldBeTrue("less time does not undo it");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told_and_costs_only_the_memory()
    {
        File.WriteAllText(_folder["choices"], "a file where the folder should be");
        OptimizationReport report = Find().Report;
        report.Chosen.ShouldBe(Spinning);
        report.Notes.ShouldHaveSingleItem().ShouldContain("could not be stored");
    }

    [Fact]
    public void Many_callers_at_once_measure_once()
    {
        var winners = new int[8];
        Parallel.For(
            0, winners.Length, new ParallelOptions { MaxDegreeOfParallelism = winners.Length },
            i => winners[i] = Find().Winner is null ? 0 : 1);
        winners.Sum().ShouldBe(1);
        _source.Opened.Count(c => c == Reference).ShouldBe(1);
        _source.MostAlive.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public void The_text_names_every_candidate_and_the_reason()
    {
        string text = Find().Report.ToText();
        foreach (
            string part in (string[])[
                "ONNX Runtime, 2 threads, spinning", "ONNX Runtime, 1 thread", "(reference)", "chosen: ", "5 s allowed", "0.80"
            ])
            text.ShouldContain(part);
        Find().Report.ToText().ShouldContain("remembered from 2026-01-02 03:04 UTC");
    }

    private (OptimizationReport Report, IContender? Winner) Find(OptimizeOptions? options = null, string[]? facts = null) =>
        new ChoiceFinder(
            Cache, options ?? new OptimizeOptions { Batches = [1] }, _clock)
            .Find(facts ?? s_facts, _candidates, _source, default);
}
