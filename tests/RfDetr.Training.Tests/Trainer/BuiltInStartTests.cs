using System.Text.Json;
using RfDetr.Checkpoints;
using RfDetr.Cli;
using RfDetr.Onnx;
using RfDetr.Tensors;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>Fine-tuning from models in the form in which the library embeds its own.</summary>
public sealed class BuiltInStartTests
{
    [SkippableFact]
    public async Task AHalfPrecisionFileOfARunIsAStartLikeTheRunsOwn()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        TrainOptions options = TinyRun.Options(data, folder["first"]).With(("epochs", 1));
        string best = new Training.Trainer(options).Run().BestCheckpoint.ShouldNotBeNull();

        ExportResult made =
            Exporter.Export(best, folder["m.safetensors"], new ExportRequest { Precision = ExportPrecision.Float16 });

        made.Warnings.ShouldBeEmpty();
        made.Bytes.ShouldBeLessThan(new FileInfo(best).Length * 6 / 10);
        byte[] bytes = await File.ReadAllBytesAsync(folder["m.safetensors"]);
        using (Checkpoint file = Checkpoint.Read(bytes, "'m'"))
        {
            ConfigInference.Explain(file).Config.GroupDetr.ShouldBe(2); // all groups are in the file
            file.TryGet("query_feat.weight", out HostTensor? queries).ShouldBeTrue();
            queries!.Shape.ShouldBe([16, 32]);
        }

        var again = new Training.Trainer(
            options.With(("model", folder["m.safetensors"]), ("network", ""), ("output_dir", folder["second"])));
        again.Run().Ended.ShouldBe(TrainingEnd.Completed);
        using Detector detector = Detector.Load(folder["m.safetensors"], null, new Engine.Cpu());
        detector.Model.Classes.Entries.Count.ShouldBe(10);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task TrainTakesABuiltInModelByItsName()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        using var error = new StringWriter();

        int code = await CliApp.RunAsync(
            [
                "train", "--model", "demo", "--data", data, "--output", folder["run"], "--epochs", "1", "--batch", "4",
                "--resolution", "64", "--multi-scale", "off", "--report", "off", "--tensorboard", "off", "--num-workers", "1"
            ],
            TextWriter.Null, error, Stream.Null);

        code.ShouldBe(0, error.ToString());
        using Checkpoint result = Checkpoint.Open(Path.Combine(folder["run"], "checkpoint.pth"));
        ConfigInference.Explain(result).Config.EncoderWidth.ShouldBe(BuiltInWidth());
        CheckpointNotes.License(result).ShouldBe("Apache-2.0");
        string best = Path.Combine(folder["run"], "checkpoint_best_total.pth");
        using (Detector detector = Detector.Load(best))
            (detector.Model.License, detector.Model.BestThreshold is > 0 and < 1).ShouldBe(("Apache-2.0", true));
        using (
            JsonDocument results = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder["run"], "results.json"))))
            results.RootElement.GetRawText().ShouldContain("threshold");
        using StartingPoint next = StartingPoint.Open(new TrainOptions { Model = new() { Start = best } });
        next.License.ShouldBe("Apache-2.0");
    }

    /// <remarks>All of them were trained at one size.</remarks>
    [Theory]
    [InlineData("demo")]
    [InlineData("cells")]
    public void BuiltInModelsAreTrainedAtOneSizeUnlessAsked(string name)
    {
        var options = new TrainOptions { Model = new() { Start = name } };
        using StartingPoint start = StartingPoint.Open(options);

        start.BearsManySizes.ShouldBeFalse();
        start.License.ShouldBe("Apache-2.0");
    }

    [Theory]
    [InlineData(null, "nano", true)]
    [InlineData(null, "seg-nano", true)]
    [InlineData(null, "custom", false)]
    [InlineData(false, "nano", false)]
    [InlineData(true, "custom", true)]
    public void SizesFollowTheModel(bool? said, string variant, bool many)
    {
        PlainMap args = said is { } value ? new PlainMap([new("multi_scale", value)]) : new PlainMap();
        StartingPoint.TrainedAtManySizes(args, variant).ShouldBe(many);
    }

    [Fact]
    public void RandomWeightsTakeAnySize()
    {
        using StartingPoint start = StartingPoint.Open(TinyRun.Options("-", "-"));

        start.BearsManySizes.ShouldBeTrue();
        start.License.ShouldBeNull();
    }

    [SkippableTheory]
    [InlineData("", false)]
    [InlineData("on", true)]
    public async Task TheSizesOfARunFollowItsModelUnlessAsked(string asked, bool many)
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        var options = new TrainOptions
        {
            Model = new() { Start = "demo" },
            Data = new() { Folder = await TinyRun.DataAsync(folder) }
        };
        if (asked.Length > 0)
            options = options.With(("multi_scale", asked));
        var log = new AtStep(0, () => { });

        using RunSetup setup = RunSetup.Open(options, StartingPoint.Open(options), log);

        LoaderOptions.Of(setup, Ranks.Alone).MultiScale.ShouldBe(many);
        TrainOptionsFile.ToYaml(setup.Options).ShouldContain($"\nmulti_scale: {(many ? "on" : "off")}\n");
        log.Notes.ShouldContain(n =>
            n.Contains(
                many ? "from 64 to 352 pixels (multi_scale: on)" : "192 pixels wide and high (multi_scale: off)",
                StringComparison.Ordinal));
    }

    private static int BuiltInWidth()
    {
        using Checkpoint demo = BuiltInModels.Open("demo").ShouldNotBeNull();
        return ConfigInference.Explain(demo).Config.EncoderWidth;
    }
}
