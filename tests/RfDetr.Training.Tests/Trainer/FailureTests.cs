using RfDetr.Checkpoints;
using RfDetr.Cli;
using RfDetr.Tensors;
using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>Failures in the middle of a run end it with a clear message and leave the last checkpoint whole.</summary>
[Collection(nameof(OneAtATime))]
public sealed class FailureTests
{
    [SkippableFact]
    public async Task AnImageThatVanishesStopsTheRun()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        TrainOptions options = TinyRun.Options(data, folder["run"]).With(("epochs", 1));
        _ = new Training.Trainer(options).Run();
        string victim = Directory.GetFiles(Path.Combine(data, "train"), "*.jpg").Order(StringComparer.Ordinal).First();
        byte[] half = File.ReadAllBytes(victim)[..100];
        File.WriteAllBytes(victim, half);
        var error = Should.Throw<Exception>(() => new Training.Trainer(options.With(("epochs", 2))) { Resume = true }.Run());
        error.ShouldBeAssignableTo<TrainingDataException>();
        error.Message.ShouldContain(Path.GetFileName(victim));
        TinyRun.State(Path.Combine(folder["run"], "checkpoint.pth")).Count.ShouldBeGreaterThan(10);

        TrainingOutcome skipped =
            new Training.Trainer(options.With(("epochs", 2), ("on_bad_image", "skip"))) { Resume = true }.Run();
        (skipped.Ended, skipped.Steps).ShouldBe((TrainingEnd.Completed, 2L * TinyRun.Images / 2));
    }

    /// <remarks>More images than the loader takes ahead of the step that breaks them.</remarks>
    [SkippableTheory]
    [InlineData(true, "cannot be read now")]
    [InlineData(false, "cannot be read any more")]
    public async Task ASetThatVanishesOrBreaksInTheMiddleLosesNothing(bool vanishes, string reason)
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder, images: 30), train = Path.Combine(data, "train"), away = folder["away"];
        TrainOptions options = TinyRun.Options(data, folder["run"], masks: false).With(("epochs", 1), ("save_steps", 1));
        void Harm()
        {
            Directory.Move(train, away);
            if (vanishes)
                return;
            _ = Directory.CreateDirectory(train);
            foreach (string file in Directory.GetFiles(away))
                File.WriteAllBytes(Path.Combine(train, Path.GetFileName(file)), File.ReadAllBytes(file)[..100]);
        }

        var error = Should.Throw<TrainingDataException>(() => new Training.Trainer(options, new AtStep(2, Harm)).Run());
        error.Message.ShouldContain(reason);
        error.Message.ShouldContain(train);
        if (!vanishes)
            Directory.Delete(train, recursive: true);
        Directory.Move(away, train);
        TrainingOutcome resumed = new Training.Trainer(options) { Resume = true }.Run();
        (resumed.Ended, resumed.Steps).ShouldBe((TrainingEnd.Completed, 15));
        _ = new Training.Trainer(options.With(("output_dir", folder["whole"]))).Run();
        TinyRun.ShouldEqual(
            TinyRun.State(Path.Combine(folder["run"], "checkpoint.pth")),
            TinyRun.State(Path.Combine(folder["whole"], "checkpoint.pth")));
    }

    [SkippableFact]
    public async Task AStepThatIsNotFiniteIsSavedAndReplayed()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder), run = folder["run"], broken = folder["broken.pth"];
        TrainOptions options = TinyRun.Options(data, run).With(("epochs", 1));
        _ = new Training.Trainer(options).Run();
        Poison(Path.Combine(run, "checkpoint.pth"), broken, "transformer.decoder.layers.0.linear1.weight");

        TrainOptions again = options.With(("model", broken), ("network", ""), ("output_dir", folder["again"]));
        string message = Should.Throw<TrainingException>(() => new Training.Trainer(again).Run()).Message;
        message.ShouldContain("step 1 of epoch 1: the loss is not finite");
        message.ShouldContain("rfdetr train --replay");
        string replay = Directory.GetFiles(folder["again"], "replay-step0.pth").ShouldHaveSingleItem();
        ReplayReport report = StepReplay.Run(replay);
        report.IsFinite.ShouldBeFalse();
        report.FirstNotFinite.ShouldBe("weight transformer.decoder.layers.0.linear1.weight");
        report.Files.Count.ShouldBe(2);
    }

    [SkippableFact]
    public async Task DataAndModelMustFit()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        TrainOptions options = TinyRun.Options(data, folder["run"]);
        Should.Throw<ArgumentException>(() =>
            new Training.Trainer(options.With(("train_split", "tests"))).Run())
            .Message.ShouldContain("has no split 'tests'; it has 'train', 'valid'");
        Should.Throw<ArgumentException>(() =>
            new Training.Trainer(options.With(("resolution", 50))).Run())
            .Message.ShouldContain("resolution 50 is not a multiple of 12");
        Should.Throw<FileNotFoundException>(() =>
            new Training.Trainer(options.With(("model", "none.pth"), ("network", ""))).Run())
            .Message.ShouldContain("there is no model file 'none.pth'");
        Should.Throw<Exception>(() =>
            new Training.Trainer(options.With(("dataset_dir", folder["elsewhere"]))).Run())
            .Message.ShouldContain("there is no such folder");
    }

    [SkippableFact]
    public async Task AModelIsClosedWhenTheDataCannotBeOpened()
    {
        TinyRun.RequireTorch();
        Skip.IfNot(OperatingSystem.IsLinux(), "reads the open files of the process from /proc");
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"]).With(("network", ""));
        foreach (string model in (string[])[folder["m.safetensors"], folder["m.pth"]])
        {
            TinyNetworks.Write(folder["m.safetensors"], ["a", "b"]);
            if (model.EndsWith(".pth", StringComparison.Ordinal))
            {
                using Checkpoint file = Checkpoint.Open(folder["m.safetensors"]);
                TorchWriter.Write(model, CheckpointContent.Of(file));
            }

            foreach (string data in (string[])[folder["nowhere"], folder["data"]])
            {
                TrainOptions wrong = options.With(("model", model), ("dataset_dir", data), ("train_split", "tests"));
                Should.Throw<Exception>(() => RunSetup.Open(wrong, StartingPoint.Open(wrong), SilentLog.Instance));
                OpenFiles().ShouldNotContain(model);
            }
        }

        static string[] OpenFiles() =>
        [
            .. Directory.GetFiles("/proc/self/fd").Select(f => new FileInfo(f).LinkTarget ?? ""),
            .. File.ReadLines("/proc/self/maps").Select(l => l.Split(' ')[^1]),
        ];
    }

    [SkippableFact]
    public async Task ADamagedTableOfMeasurementsIsAnErrorOfTheFile()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"]).With(("epochs", 1));
        _ = new Training.Trainer(options).Run();
        string metrics = Path.Combine(folder["run"], "metrics.csv");
        File.WriteAllText(metrics, "no table\n" + File.ReadAllText(metrics));
        using var error = new StringWriter();

        int code =
            await CliApp.RunAsync(["train", "--resume", folder["run"], "--epochs", "2"], TextWriter.Null, error, Stream.Null);

        code.ShouldBe(1);
        error.ToString().ShouldContain($"error: {metrics}: does not begin with a line of columns");
        error.ToString().ShouldNotContain("internal error");
    }

    /// <remarks>As <c>data synth</c> without <c>--valid</c> writes it.</remarks>
    [SkippableFact]
    public async Task ASetWithoutPartsSaysWhatToDo()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options =
            TinyRun.Options(Path.Combine(await TinyRun.DataAsync(folder), "train"), folder["run"]).With(("epochs", 1));

        string message = Should.Throw<ArgumentException>(() => new Training.Trainer(options).Run()).Message;
        message.ShouldContain("has no split 'train'; it has 'all'");
        message.ShouldContain("--valid M");
        message.ShouldContain("--train-split all");
        var log = new AtStep(0, () => { });
        new Training.Trainer(options.With(("train_split", "all")), log).Run().Ended.ShouldBe(TrainingEnd.Completed);
        log.Notes.ShouldContain(n =>
            n.StartsWith("there is no split to evaluate on", StringComparison.Ordinal)
                && n.Contains("--valid M", StringComparison.Ordinal));
    }

    private static void Poison(string source, string target, string name)
    {
        using Checkpoint file = Checkpoint.Open(source);
        var tensors = file.Names.Select(n =>
        {
            file.TryGet(n, out HostTensor? tensor).ShouldBeTrue();
            float[] values = tensor!.ToSingles();
            if (n == name)
                values[0] = float.NaN;
            return (n, HostTensor.Of(values, [.. tensor.Shape]));
        });
        TorchWriter.Write(target, CheckpointContent.Of(file) with { Weights = new NamedTensors(tensors), Ema = null });
    }
}
