using RfDetr.Fuzzing;
using RfDetr.Torch;

namespace RfDetr.Tests.Cli;

/// <summary>
/// Signals at random moments in every verb that writes: a few of the moments of <c>fuzz/run --kills</c>.
/// </summary>
[Trait("Duration", "Long")]
public sealed class KillTests
{
    private const int Moments = 4;

    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "RfDetr.Cli.dll");

    public static TheoryData<string> Verbs => [.. KillTarget.All.Select(t => t.Name)];

    [SkippableTheory]
    [MemberData(nameof(Verbs))]
    public void Nothing_is_half_written_and_nobody_lives_on(string verb)
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are Unix's");
        if (verb.StartsWith("train", StringComparison.Ordinal))
            Skip.IfNot(TorchRuntime.IsAvailable(out string reason), reason);
        using var folder = new TemporaryFolder();
        KillRounds.Prepare(s_program, folder["."]);
        var rounds = new KillRounds(s_program, folder["."], KillTarget.All.Single(t => t.Name == verb), seed: 7);

        KillFigures[] all = [.. ((string[])["KILL", "TERM", "INT"]).Select(s => rounds.Run(s, Moments, resumeEach: Moments))];

        all.SelectMany(f => f.Findings).ShouldBeEmpty();
        all.Sum(f => f.Moments).ShouldBe(3 * Moments);
        all.Sum(f => f.Ended).ShouldBeGreaterThan(0);
        all.Sum(f => f.Resumed).ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public void Half_a_result_is_noticed()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.json"], """{"images": [1, 2""");
        Should.Throw<System.Text.Json.JsonException>(() => ResultFiles.Meaning(folder["a.json"]));
        File.WriteAllText(folder["a.json"], """{"timing": 1, "images": [2]}""");
        ResultFiles.Meaning(folder["a.json"]).ShouldBe("""{"images":[2]}""");
        File.WriteAllText(folder[".b.json.0123.tmp"], "");
        ResultFiles.Names(folder["."]).ShouldBe(["a.json"]);
        ResultFiles.Unfinished(folder["."]).Length.ShouldBe(1);
    }
}
