using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>Training on two machines, as a user starts it: a process on each, by <c>deploy/training/machines.sh</c>.</summary>
[Collection(nameof(OneAtATime))]
[Trait("Duration", "Long")]
public sealed class TwoHostsTests
{
    private const int Port = 29500; // each host has ports of its own

    // Both sides wait this long before they give up; on a busy machine the start of a process takes seconds.
    private const int Timeout = 90;

    [SkippableFact]
    public async Task ACutCableEndsBothWithOneErrorAndTheRunGoesOnAsIfNothingHadBeen()
    {
        TinyRun.RequireTorch();
        using TwoHosts hosts = TwoHosts.Make();
        using var folder = new TemporaryFolder();
        TrainOptions whole = Options(await TinyRun.DataAsync(folder), folder["whole"]);
        Finish(hosts, whole);

        TrainOptions cut = whole.With(("output_dir", folder["cut"]));
        using (TrainingProcess first = Start(hosts, cut, 0), second = Start(hosts, cut, 1))
        {
            first.WaitFor("epoch 1/60 step 2/");
            hosts.Link(up: false);

            foreach ((TrainingProcess process, int rank) in ((TrainingProcess, int)[])[(first, 0), (second, 1)])
            {
                process.Wait().ShouldBe(1, process.Errors);
                string error = process.Errors.Split('\n')
                    .Where(l => l.StartsWith("error:", StringComparison.Ordinal)).ShouldHaveSingleItem(process.Errors);
                error.ShouldContain($"(rank {rank} of 2, gloo, store at {hosts.Address}:{Port})");
                error.ShouldContain($"a process may have ended, or been out of reach for {Timeout} s");
            }
        }

        hosts.Processes().ShouldBeEmpty();
        hosts.Link(up: true);
        long steps = Steps(cut);
        steps.ShouldBeInRange(1, Steps(whole) - 1);
        Finish(hosts, cut);

        TinyRun.ShouldEqual(TinyRun.State(Checkpoint(cut)), TinyRun.State(Checkpoint(whole)));
        hosts.Processes().ShouldBeEmpty();
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task AMasterThatCannotBeReachedEndsBothWithOneError()
    {
        TinyRun.RequireTorch();
        using TwoHosts hosts = TwoHosts.Make();
        using var folder = new TemporaryFolder();
        TrainOptions options = Options(await TinyRun.DataAsync(folder), folder["run"]).With(("rank_timeout", 5));
        hosts.Link(up: false);

        using TrainingProcess first = Start(hosts, options, 0), second = Start(hosts, options, 1);

        first.Wait().ShouldBe(1);
        second.Wait().ShouldBe(1);
        first.Errors.ShouldContain($"ranks 1 of 2 did not come to {hosts.Address}:{Port} within 5 s (rank_timeout)");
        second.Errors.ShouldContain($"rank 1 of 2 did not reach rank 0 at {hosts.Address}:{Port} within 5 s (rank_timeout)");
        hosts.Processes().ShouldBeEmpty();
    }

    private static TrainOptions Options(string data, string output) => TinyRun.Options(data, output, masks: false).With(
        ("epochs", 60), ("eval_interval", 60), ("save_steps", 1), ("threads", 1), ("rank_timeout", Timeout));

    private static TrainingProcess Start(TwoHosts hosts, TrainOptions options, int rank) =>
        TrainingProcess.StartByScript(options, rank, machines: 2, hosts.Address, hosts.On(rank));

    private static void Finish(TwoHosts hosts, TrainOptions options)
    {
        using TrainingProcess first = Start(hosts, options, 0), second = Start(hosts, options, 1);
        first.Wait().ShouldBe(0, first.Errors);
        second.Wait().ShouldBe(0, second.Errors);
    }

    private static string Checkpoint(TrainOptions options) => Path.Combine(options.Output.Folder!, "checkpoint.pth");

    private static long Steps(TrainOptions options)
    {
        using RfDetr.Checkpoints.Checkpoint file = RfDetr.Checkpoints.Checkpoint.Open(Checkpoint(options));
        return RunStatus.From(file.Contents["rfdetr_training"], "it").Steps;
    }
}
