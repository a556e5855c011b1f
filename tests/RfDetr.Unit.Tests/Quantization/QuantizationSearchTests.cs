namespace RfDetr.Tests.Quantization;

/// <summary>The search with models whose losses are known.</summary>
public sealed class QuantizationSearchTests
{
    private static readonly QuantizedBlock[] s_blocks =
        [new("a", false, null, 0.3), new("b", false, null, 0.2), new("c", false, null, 0.4)];

    [Fact]
    public async Task Nothing_goes_back_where_all_fits_the_budget()
    {
        QuantizationPolicy policy = await Search(0.5, p => Points(p, a: 0.1, b: 0.2, c: 0.1));
        policy.Blocks.ShouldAllBe(b => b.IsInt8);
        policy.Int8Share.ShouldBe(0.9, 1e-9);
        (policy.FloatPrecision!.Value - policy.Int8Precision!.Value).ShouldBe(0.004, 1e-9);
        policy.Blocks.Select(b => Math.Round(b.Cost!.Value, 6)).ShouldBe([0.1, 0.2, 0.1]);
        policy.Budget.ShouldBe(0.5);
    }

    [Fact]
    public async Task The_worst_go_back_first()
    {
        QuantizationPolicy policy = await Search(0.5, p => Points(p, a: 0.4, b: 3, c: 0.2));
        policy.Blocks.Where(b => b.IsInt8).Select(b => b.Name).ShouldBe(["c"]);
        policy.Int8Precision!.Value.ShouldBe(0.4 - 0.002, 1e-9);
    }

    [Fact]
    public async Task Losses_that_show_only_together_are_measured_together()
    {
        // Each alone costs nothing; any two cost 2 points. Of equal costs the smallest share goes first.
        QuantizationPolicy policy = await Search(0.5, p => 0.4 - (p.Blocks.Count(b => b.IsInt8) > 1 ? 0.02 : 0));
        policy.Blocks.Where(b => b.IsInt8).Select(b => b.Name).ShouldBe(["c"]);
    }

    [Fact]
    public async Task At_the_worst_everything_is_float_again()
    {
        QuantizationPolicy policy = await Search(0, p => p.IsActive ? 0.1 : 0.4);
        policy.IsActive.ShouldBeFalse();
        policy.Int8Precision.ShouldBe(0.4);
    }

    [Fact]
    public async Task A_gain_is_no_loss()
    {
        QuantizationPolicy policy = await Search(0, p => Points(p, a: -0.1, b: -0.2, c: 0));
        policy.Blocks.ShouldAllBe(b => b.IsInt8);
        policy.Int8Precision!.Value.ShouldBeGreaterThan(policy.FloatPrecision!.Value);
    }

    [Fact]
    public async Task Progress_names_what_is_measured()
    {
        var notes = new List<string>();
        var search = new QuantizationSearch(s_blocks, (p, _) => Task.FromResult(Points(p, 9, 9, 9)));
        _ = await search.RunAsync(new QuantizationPolicy(), 0.5, (what, done, all) => notes.Add($"{done}/{all} {what}"));
        notes.ShouldBe(["0/5 float", "1/5 a", "2/5 b", "3/5 c", "4/5 all in int8", "5/6 without b", "6/7 without a"]);
    }

    private static double Points(QuantizationPolicy policy, double a, double b, double c) =>
        0.4 - policy.Blocks.Where(x => x.IsInt8).Sum(x => x.Name switch { "a" => a, "b" => b, _ => c }) / 100;

    private static Task<QuantizationPolicy> Search(double budget, Func<QuantizationPolicy, double> measure) =>
        new QuantizationSearch(
            s_blocks, (policy, _) => Task.FromResult(measure(policy))).RunAsync(new QuantizationPolicy(), budget);
}
