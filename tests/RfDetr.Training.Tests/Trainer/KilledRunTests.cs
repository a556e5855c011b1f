using RfDetr.Data;
using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>
/// <c>kill -9</c> at random moments, five or fifty times: whatever the run was doing (starting, computing, writing, evaluating),
/// its folder loads, it goes
/// on, and it ends bit for bit as a run that nobody disturbed.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class KilledRunTests
{
    // Two runs at a time, each on one thread: most of a short life is the start of the program.
    private const int Lanes = 2, MostAfterFirstStepMs = 80, MostAfterStartMs = 1500;

    [SkippableFact]
    [Trait("Duration", "Long")]
    public Task ARunKilledFiveTimesEndsAsOneLeftAlone() => KillAsync(5);

    [SkippableFact]
    [Trait("Duration", "Long")]
    public Task ARunKilledFiftyTimesEndsAsOneLeftAlone() => KillAsync(50);

    private static async Task KillAsync(int total)
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(await TinyRun.DataAsync(folder), folder["whole"]).With(
            ("epochs", 6), ("save_steps", 1), ("checkpoint_interval", 2), ("threads", 1));
        using (TrainingProcess whole = TrainingProcess.Start(options))
            whole.Wait().ShouldBe(0, whole.Errors);

        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() =>
        {
            var random = new Random(lane);
            int share = (total + Lanes - 1 - lane) / Lanes;
            for (int kills = 0, run = 0; kills < share; run++)
            {
                TrainOptions disturbed = options.With(("output_dir", folder[$"lane{lane}-run{run}"]));
                kills += Disturb(disturbed, random, share - kills);
                ShouldBeTheSame(disturbed.Output.Folder!, options.Output.Folder!);
            }
        })));
    }

    /// <summary>Kills and resumes a run until it has ended, at most so many times; returns how often.</summary>
    private static int Disturb(TrainOptions options, Random random, int most)
    {
        for (int kills = 0; ; kills++)
        {
            using TrainingProcess life = TrainingProcess.Start(options);
            if (kills == most)
            {
                life.Wait().ShouldBe(0, life.Errors);
                return kills;
            }

            if (!IsKilled(life, random))
                return kills;
            ShouldLoad(options.Output.Folder!);
        }
    }

    // One life in five may end before its first step.
    private static bool IsKilled(TrainingProcess life, Random random)
    {
        if (random.Next(5) == 0)
        {
            Thread.Sleep(random.Next(MostAfterStartMs));
        }
        else
        {
            life.WaitFor("epoch ");
            Thread.Sleep(random.Next(MostAfterFirstStepMs));
        }

        return life.Kill();
    }

    private static void ShouldLoad(string run)
    {
        foreach (string file in Directory.Exists(run) ? Directory.GetFiles(run) : [])
        {
            string name = Path.GetFileName(file);
            if (name.StartsWith('.'))
                continue; // the lock, and what was being written
            if (name.EndsWith(".pth", StringComparison.Ordinal))
                Weights(file).Count.ShouldBeGreaterThan(10, name);
            else if (name == "config.yaml")
                TrainOptionsFile.Read(file).Output.Folder.ShouldBe(run);
            else if (name == "metrics.csv")
                MetricsTable.Read(file).Columns.ShouldContain("train/loss");
        }
    }

    private static void ShouldBeTheSame(string disturbed, string whole)
    {
        static string[] Names(string run) =>
            [.. Directory.GetFiles(run).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Names(disturbed).ShouldBe(Names(whole));
        foreach (string file in Directory.GetFiles(whole, "*.pth"))
            TinyRun.ShouldEqual(Weights(Path.Combine(disturbed, Path.GetFileName(file))), Weights(file));
        Losses(disturbed).ShouldBe(Losses(whole));
        Epochs(disturbed).ShouldBe(Epochs(whole));
    }

    private static Dictionary<string, float[]> Weights(string file) =>
        Path.GetFileName(file).Contains("best", StringComparison.Ordinal) ? TinyRun.Weights(file) : TinyRun.State(file);

    // Every epoch once, with the means of all its steps and what its evaluation gave.
    private static string[] Epochs(string run)
    {
        MetricsTable table = MetricsTable.Read(Path.Combine(run, "metrics.csv"));
        int loss = table.IndexOf("epoch/loss");
        return
        [
            .. table.Rows.Where(r => r.Values[loss] is not null).Select(r =>
                Invariant.Text($"{r.Step}: {string.Join(' ', r.Values)}"))
        ];
    }

    // Every step once, with the loss it had.
    private static (long Step, double? Loss)[] Losses(string run)
    {
        MetricsTable table = MetricsTable.Read(Path.Combine(run, "metrics.csv"));
        int loss = table.Columns.ToList().IndexOf("train/loss");
        return [.. table.Rows.Where(r => r.Values[loss] is not null).Select(r => (r.Step, r.Values[loss]))];
    }
}
