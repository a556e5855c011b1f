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
        TrainOptions options = TinyRun.Options(data, folder["first"]) with { Epochs = 1 };
        string best = new Training.Trainer(options).Run().BestCheckpoint.ShouldNotBeNull();

        ExportResult made = Exporter.Export(best, folder["m.safetensors"], new ExportRequest { Precision = ExportPrecision.Float16 });

        made.Warnings.ShouldBeEmpty();
        made.Bytes.ShouldBeLessThan(new FileInfo(best).Length * 6 / 10);
        byte[] bytes = await File.ReadAllBytesAsync(folder["m.safetensors"]);
        using (Checkpoint file = Checkpoint.Read(bytes, "'m'"))
        {
            ConfigInference.Explain(file).Config.GroupDetr.ShouldBe(2); // all groups are in the file
            file.TryGet("query_feat.weight", out HostTensor? queries).ShouldBeTrue();
            queries!.Shape.ShouldBe([16, 32]);
        }

        var again = new Training.Trainer(options with { Model = folder["m.safetensors"], Network = null, Output = folder["second"] });
        again.Run().Ended.ShouldBe(TrainingEnd.Completed);
        using Detector detector = Detector.Load(folder["m.safetensors"], null, new Engine.Cpu());
        detector.Model.Classes.Entries.Count.ShouldBe(10);
    }

    [SkippableFact]
    public async Task TrainTakesABuiltInModelByItsName()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        using var error = new StringWriter();

        int code = await CliApp.RunAsync(
            ["train", "--model", "demo", "--data", data, "--output", folder["run"], "--epochs", "1", "--batch", "4", "--resolution", "64", "--multi-scale", "off", "--report", "off", "--tensorboard", "off", "--num-workers", "1"],
            TextWriter.Null, error, Stream.Null);

        code.ShouldBe(0, error.ToString());
        using Checkpoint result = Checkpoint.Open(Path.Combine(folder["run"], "checkpoint.pth"));
        ConfigInference.Explain(result).Config.EncoderWidth.ShouldBe(BuiltInWidth());
    }

    private static int BuiltInWidth()
    {
        using Checkpoint demo = BuiltInModels.Open("demo").ShouldNotBeNull();
        return ConfigInference.Explain(demo).Config.EncoderWidth;
    }
}
