namespace RfDetr.Tests.Selection;

public sealed class SelectorTests
{
    /// <summary>Ways to make logits, chosen so that ties, saturation and every order of arrival occur.</summary>
    public static TheoryData<string> Distributions =>
        ["spread", "few values", "all equal", "saturated", "ascending", "descending", "special"];

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Equals_a_full_stable_sort(string distribution)
    {
        var random = new Random(11);
        for (int round = 0; round < 60; round++)
        {
            int queries = random.Next(1, 70), classes = random.Next(1, 30);
            float[] logits = Make(distribution, queries * classes, random);
            float[] thresholds = [SelectionOptions.NoThreshold, 0, 0.05f, 0.5f, 0.9f, 0.9999999f, 1];
            var options = new SelectionOptions
            {
                NumSelect = random.Next(1, 60),
                ScoreThreshold = thresholds[random.Next(thresholds.Length)],
                ClassThresholds = random.Next(3) == 0
                    ? Enumerable.Range(0, classes).Select(_ => random.NextSingle()).ToArray()
                    : default,
                AllowedLabels = random.Next(3) == 0
                    ? Enumerable.Range(0, classes).Select(_ => random.Next(2) == 0).ToArray()
                    : default,
            };
            var output = new Candidate[options.MaxCount(queries, classes)];
            int count = Selector.Run(logits, queries, classes, options, output);
            output[..count].ShouldBe(Naive(logits, classes, options), $"{distribution}, round {round}, {options}");
        }
    }

    [Fact]
    public void Equal_scores_of_different_logits_rank_by_index()
    {
        // Both scores round to 1 in float32; a sort by logit would put the second first.
        float[] logits = [20, 30, -5];
        var output = new Candidate[3];
        Selector.Run(logits, 1, 3, new SelectionOptions(), output).ShouldBe(2);
        output[..2].ShouldBe([new Candidate(0, 0, 1), new Candidate(0, 1, 1)]);
    }

    [Fact]
    public void Class_filter_acts_after_the_selection()
    {
        float[] logits = [3, 1, 2, 0.5f]; // two queries, two classes
        var output = new Candidate[2];
        var options = new SelectionOptions { NumSelect = 2, AllowedLabels = new[] { false, true } };
        Selector.Run(logits, 2, 2, options, output).ShouldBe(0);
    }

    [Fact]
    public void One_query_may_win_twice()
    {
        var output = new Candidate[2];
        Selector.Run([3, 4, -1, 0], 2, 2, new SelectionOptions { NumSelect = 2 }, output).ShouldBe(2);
        output.Select(c => (c.Query, c.Label)).ShouldBe([(0, 1), (0, 0)]);
    }

    [Fact]
    public void NaN_never_wins_and_no_queries_give_nothing()
    {
        var output = new Candidate[4];
        var all = new SelectionOptions { ScoreThreshold = SelectionOptions.NoThreshold };
        Selector.Run([float.NaN, 1, float.NaN, float.NegativeInfinity], 2, 2, all, output).ShouldBe(2);
        output[0].ShouldBe(new Candidate(0, 1, LogitScore.Sigmoid(1)));
        output[1].ShouldBe(new Candidate(1, 1, 0));
        Selector.Run([], 0, 5, all, []).ShouldBe(0);
    }

    [Fact]
    public void Bound_is_exact_for_every_score()
    {
        var random = new Random(3);
        for (int i = 0; i < 2000; i++)
        {
            float score = i < 1000 ? random.NextSingle() : LogitScore.Sigmoid((random.NextSingle() - 0.5f) * 40);
            float bound = LogitScore.SmallestLogitAbove(score);
            if (float.IsNaN(bound))
            {
                score.ShouldBe(1);
                continue;
            }

            LogitScore.Sigmoid(bound).ShouldBeGreaterThan(score);
            LogitScore.Sigmoid(MathF.BitDecrement(bound)).ShouldBeLessThanOrEqualTo(score);
        }
    }

    [Fact]
    public void Sigmoid_is_monotone_and_within_an_ulp()
    {
        float last = 0;
        for (float x = -110; x < 30; x += 0.00037f)
        {
            float score = LogitScore.Sigmoid(x);
            score.ShouldBeGreaterThanOrEqualTo(last);
            ((double)score).ShouldBe(1 / (1 + Math.Exp(-(double)x)), 1.2e-7);
            last = score;
        }
    }

    [Fact]
    public void Bad_arguments_name_both_values()
    {
        var output = new Candidate[300];
        Should.Throw<ArgumentException>(() =>
            Selector.Run(new float[7], 2, 3, new SelectionOptions(), output)).Message.ShouldContain("7 logits");
        Should.Throw<ArgumentException>(() =>
            Selector.Run(new float[6], 2, 3, new SelectionOptions(), output.AsSpan(0, 5))).Message.ShouldContain("up to 6");
        Should.Throw<ArgumentException>(() =>
            Selector.Run(new float[6], 2, 3, new SelectionOptions { AllowedLabels = new bool[4] }, output))
            .Message.ShouldContain("4 entries");
        Should.Throw<ArgumentOutOfRangeException>(() => new SelectionOptions { ScoreThreshold = 1.5f });
        Should.Throw<ArgumentOutOfRangeException>(() => new SelectionOptions { ClassThresholds = new[] { 0.5f, float.NaN } });
        Should.Throw<ArgumentOutOfRangeException>(() => new SelectionOptions { NumSelect = 0 });
    }

    private static Candidate[] Naive(float[] logits, int classes, SelectionOptions options) =>
    [
        .. Enumerable.Range(0, logits.Length)
            .Where(i => !float.IsNaN(logits[i]))
            .Select(i => new Candidate(i / classes, i % classes, LogitScore.Sigmoid(logits[i])))
            .OrderByDescending(candidate => candidate.Score)
            .Take(options.NumSelect)
            .Where(candidate => options.AllowedLabels.IsEmpty || options.AllowedLabels.Span[candidate.Label])
            .Where(candidate =>
                candidate.Score > (
                    options.ClassThresholds.IsEmpty ? options.ScoreThreshold : options.ClassThresholds.Span[candidate.Label])),
    ];

    private static float[] Make(string distribution, int n, Random random)
    {
        float[] special =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, float.Epsilon, 88.8f, -104f, -87f, 17f
        ];
        var logits = new float[n];
        for (int i = 0; i < n; i++)
        {
            logits[i] = distribution switch
            {
                "spread" => (random.NextSingle() - 0.6f) * 12,
                "few values" => random.Next(4) - 2,
                "all equal" => 0.25f,
                "saturated" => 10 + random.NextSingle() * 15,
                "ascending" => i * 0.01f - 4,
                "descending" => 4 - i * 0.01f,
                _ => special[random.Next(special.Length)],
            };
        }

        return logits;
    }
}
