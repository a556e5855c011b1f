using System.Diagnostics;
using System.Globalization;
using RfDetr.Data;
using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>Real processes that train one network together over Gloo.</summary>
[Collection(nameof(OneAtATime))]
public sealed class RankRunTests
{
    private const string Moments = "/exp_avg";

    [SkippableFact]
    public async Task TwoRanksTakeTheStepsOfOneWithTheDoubleBatch()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions one = Plain(await TinyRun.DataAsync(folder), folder["one"]).With(("batch_size", 4));
        TrainOptions two = one.With(("output_dir", folder["two"]), ("batch_size", 2), ("processes", 2)),
        start = one.With(("output_dir", folder["start"]), ("lr", 1e-30), ("lr_encoder", 1e-30), ("weight_decay", 0));
        foreach (TrainOptions options in (TrainOptions[])[start, one, two])
        {
            using TrainingProcess run = TrainingProcess.Start(options);
            run.Wait().ShouldBe(0, run.Errors);
        }

        Dictionary<string, float[]> before = TinyRun.State(Checkpoint(start)), single = TinyRun.State(Checkpoint(one)),
        both = TinyRun.State(Checkpoint(two));

        // AdamW's moments are sums of gradients: 9e-7 was measured. It divides by the gradient's size, so the few parameters
        // whose gradient is
        // rounding only move at random, and beside a weight of 0.5 a change of 5e-4 is itself rounded by 6e-5: 2e-5 of the change
        // was measured.
        static bool IsWeight(string name) => name.StartsWith("model/", StringComparison.Ordinal);
        Relative(single, both, name => name.EndsWith(Moments, StringComparison.Ordinal), (_, _) => 0).ShouldBeLessThan(1e-5);
        Relative(single, both, IsWeight, (_, _) => 0).ShouldBeLessThan(1e-6);
        Relative(single, both, IsWeight, (name, i) => before[name][i]).ShouldBeLessThan(1e-4);
        double[] expected = Losses(one), actual = Losses(two);
        actual.Length.ShouldBe(expected.Length);
        actual.Zip(expected, (a, e) => Math.Abs(a - e) / e).Max().ShouldBeLessThan(1e-5);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [Trait("Duration", "Long")]
    public async Task ARankThatIsKilledEndsTheRun(int victim)
    {
        TinyRun.RequireTorch();
        Skip.IfNot(OperatingSystem.IsLinux(), "finds the processes of the ranks in /proc");
        using var folder = new TemporaryFolder();
        TrainOptions options = Plain(await TinyRun.DataAsync(folder), folder["run"]).With(("epochs", 1000), ("processes", 2));
        using TrainingProcess launcher = TrainingProcess.Start(options);
        launcher.WaitFor("epoch 1/1000 step 2/");
        Dictionary<int, int> ranks = RanksOf(launcher.Id);
        ranks.Keys.Order().ShouldBe([0, 1]);
        Process.GetProcessById(ranks[victim]).Kill();

        launcher.Wait().ShouldBe(1);
        launcher.Errors.ShouldContain($"process {victim} of 2 ended with exit code 137; the others are stopped");
        ranks.Values.ShouldAllBe(id => !Directory.Exists($"/proc/{id}"));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Duration", "Long")]
    public async Task RanksEndWithTheirLauncherHoweverItEnds(bool killed)
    {
        TinyRun.RequireTorch();
        Skip.IfNot(OperatingSystem.IsLinux(), "finds the processes of the ranks in /proc");
        using var folder = new TemporaryFolder();
        TrainOptions options = Plain(await TinyRun.DataAsync(folder), folder["run"]).With(
            ("epochs", 1000), ("eval_interval", 1000), ("processes", 2));
        using TrainingProcess launcher = TrainingProcess.Start(options);
        launcher.WaitFor("epoch 1/1000 step 2/");
        Dictionary<int, int> ranks = RanksOf(launcher.Id);
        ranks.Keys.Order().ShouldBe([0, 1]);
        string before = File.Exists(Checkpoint(options)) ? "a checkpoint" : "none";

        if (killed)
        {
            launcher.Kill().ShouldBeTrue();
        }
        else
        {
            launcher.Terminate();
            launcher.Wait().ShouldBe(143, launcher.Errors);
        }

        foreach (int id in ranks.Values)
            SpinWait.SpinUntil(
                () => !Directory.Exists($"/proc/{id}"), TrainingProcess.Hang).ShouldBeTrue($"rank {id} lives on");
        File.Exists(Checkpoint(options)).ShouldBeTrue(
            $"the ranks end as after Ctrl-C, with their step saved; before there was {before}");
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task WithoutALauncherTheOthersEndByThemselves()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = Plain(await TinyRun.DataAsync(folder), folder["run"]).With(("epochs", 1000), ("processes", 2));
        int port = FreePort.Next();
        using TrainingProcess first = TrainingProcess.Start(options, new RankEnvironment(0, 2, 0, "127.0.0.1", port));
        using TrainingProcess second = TrainingProcess.Start(options, new RankEnvironment(1, 2, 1, "127.0.0.1", port));
        first.WaitFor("epoch 1/1000 step 2/");
        second.Kill().ShouldBeTrue();

        first.Wait().ShouldBe(1);
        first.Errors.ShouldContain("rank 0 of 2");
        first.Errors.ShouldContain("a process may have ended");
    }

    /// <summary>Processes that were started differently say so, both with the same sentence, before the first step.</summary>
    [SkippableTheory]
    [InlineData("lr", "2e-4", "option lr: rank 0 has 0.0004, rank 1 has 0.0002; start all processes with the same options")]
    [InlineData("dataset_dir", "other", "the data of split 'train': rank 0 has 12 images, ")]
    [InlineData("seed", "7", "option seed: rank 0 has 42, rank 1 has 7")]
    [Trait("Duration", "Long")]
    public async Task ProcessesThatDoNotAgreeEndBeforeTheFirstStep(string key, string value, string message)
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = Plain(await TinyRun.DataAsync(folder), folder["run"]);
        TrainOptions different = key switch
        {
            "dataset_dir" => options.With((key, await TinyRun.DataAsync(folder, images: 10, name: value))),
            _ => options.With((key, value)),
        };
        different = different.With(("output_dir", folder["second"]));
        int port = FreePort.Next();
        using TrainingProcess first = TrainingProcess.Start(options, new RankEnvironment(0, 2, 0, "127.0.0.1", port));
        using TrainingProcess second = TrainingProcess.Start(different, new RankEnvironment(1, 2, 1, "127.0.0.1", port));

        first.Wait().ShouldBe(1, first.Errors);
        second.Wait().ShouldBe(1, second.Errors);
        string error = ErrorOf(first);
        error.ShouldContain($"the processes of the run do not agree on {message}");
        ErrorOf(second).ShouldBe(error);
        File.Exists(Checkpoint(options)).ShouldBeFalse();

        static string ErrorOf(TrainingProcess process) => process.Errors.Split('\n')
            .Where(l => l.StartsWith("error:", StringComparison.Ordinal)).ShouldHaveSingleItem(process.Errors);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task AProcessTooManyIsTurnedAwayAndTheRunGoesOn()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options =
            Plain(await TinyRun.DataAsync(folder), folder["run"]).With(("epochs", 1000), ("eval_interval", 1000));
        int port = FreePort.Next();
        using TrainingProcess first = TrainingProcess.Start(options, new RankEnvironment(0, 2, 0, "127.0.0.1", port));
        using TrainingProcess second = TrainingProcess.Start(options, new RankEnvironment(1, 2, 1, "127.0.0.1", port));
        first.WaitFor("epoch 1/1000 step 2/");

        TrainOptions late = options.With(("output_dir", folder["late"]), ("rank_timeout", 6));
        using TrainingProcess third = TrainingProcess.Start(late, new RankEnvironment(1, 2, 1, "127.0.0.1", port));

        third.Wait().ShouldBe(1);
        third.Errors.ShouldContain("the processes may have met without this one");
        third.Errors.ShouldContain($"rank 1 waits for rank 0 at 127.0.0.1:{port} (");
        first.IsRunning.ShouldBeTrue(first.Errors);
        second.IsRunning.ShouldBeTrue(second.Errors);
    }

    /// <remarks>As on machines without storage that they share: the second finds no checkpoint.</remarks>
    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task AProcessThatDoesNotSeeTheCheckpointIsNamed()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = Plain(await TinyRun.DataAsync(folder), folder["run"]);
        TrainOptions elsewhere = options.With(("output_dir", folder["elsewhere"]));
        FinishTwo(options, options).ShouldBeEmpty();

        string errors = FinishTwo(options, elsewhere);

        errors.ShouldMatch(
            "do not agree on the progress of the run: rank 0 has [1-9][0-9]* steps, epoch 2, step 0, rank 1 has 0 steps, "
                + "epoch 1, step 0; all processes must see the same run folder");

        static string FinishTwo(TrainOptions one, TrainOptions two)
        {
            int port = FreePort.Next();
            using TrainingProcess first = TrainingProcess.Start(one, new RankEnvironment(0, 2, 0, "127.0.0.1", port));
            using TrainingProcess second = TrainingProcess.Start(two, new RankEnvironment(1, 2, 1, "127.0.0.1", port));
            int code = first.Wait();
            second.Wait().ShouldBe(code);
            return code == 0 ? "" : first.Errors;
        }
    }

    // Nothing random but the order of the images, which does not depend on the number of processes.
    private static TrainOptions Plain(string data, string output) =>
        TinyRun.Options(data, output, masks: false).With(
            ("epochs", 1), ("augmentation", "none"), ("use_ema", true), ("threads", 1));

    private static string Checkpoint(TrainOptions options) => Path.Combine(options.Output.Folder!, "checkpoint.pth");

    /// <summary>Norm of the difference between two states, relative to the norm of how far the first is from an origin.</summary>
    private static double Relative(
        Dictionary<string, float[]> expected, Dictionary<string, float[]> actual, Func<string, bool> which,
        Func<string, int, float> origin)
    {
        double difference = 0, distance = 0;
        foreach (string name in expected.Keys.Where(which))
        {
            for (int i = 0; i < expected[name].Length; i++)
            {
                difference += Math.Pow((double)expected[name][i] - actual[name][i], 2);
                distance += Math.Pow((double)expected[name][i] - origin(name, i), 2);
            }
        }

        distance.ShouldBeGreaterThan(0);
        return Math.Sqrt(difference / distance);
    }

    private static double[] Losses(TrainOptions options)
    {
        MetricsTable table = MetricsTable.Read(Path.Combine(options.Output.Folder!, "metrics.csv"));
        int loss = table.Columns.ToList().IndexOf("train/loss");
        return [.. table.Rows.Select(r => r.Values[loss]).OfType<double>()];
    }

    /// <summary>The processes that a launcher started, by rank.</summary>
    private static Dictionary<int, int> RanksOf(int launcher)
    {
        var ranks = new Dictionary<int, int>();
        foreach (
            string folder in Directory.GetDirectories("/proc").Where(d =>
                int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            try
            {
                if (!File.ReadLines(Path.Combine(folder, "status")).Any(l => l == $"PPid:\t{launcher}"))
                    continue;
                string rank = File.ReadAllText(Path.Combine(folder, "environ"))
                    .Split('\0').Single(v => v.StartsWith("RANK=", StringComparison.Ordinal));
                ranks.Add(
                    int.Parse(rank["RANK=".Length..], CultureInfo.InvariantCulture),
                    int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // A process of somebody else that ended meanwhile.
            }
        }

        return ranks;
    }
}
