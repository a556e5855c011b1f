using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Cli;
using RfDetr.Tensors;
using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>A data set of a few small scenes and a network that takes a step on them in milliseconds.</summary>
internal static class TinyRun
{
    public const int Images = 12;

    public static void RequireTorch() => Skip.IfNot(TorchRuntime.IsAvailable(out string reason), reason);

    public static async Task<string> DataAsync(TemporaryFolder folder, int images = Images, string name = "data")
    {
        foreach (
            (string split, string first, int count) in ((string, string, int)[])[("train", "0", images), ("valid", "1000", 4)])
        {
            int code = await CliApp.RunAsync(
                [
                    "data", "synth", "--output", Path.Combine(folder[name], split), "--count", $"{count}", "--first", first,
                    "--size", "96x72"
                ],
                TextWriter.Null, TextWriter.Null, Stream.Null);
            code.ShouldBe(0);
        }

        return folder[name];
    }

    public static TrainOptions Options(string data, string output, bool masks = true) => new()
    {
        Data = new() { Folder = data, BatchSize = 2, Workers = 1 },
        Augmentation = new() { MultiScale = false },
        Schedule = new() { Epochs = 2 },
        Optimizer = new() { LearningRate = 4e-4, EncoderLearningRate = 4e-4 },
        Output = new() { Folder = output, LogSteps = 1, TensorBoard = false, Report = false },
        Model = new() { Start = TrainingModelOptions.Scratch, Network = Network(masks) },
    };

    /// <summary>A copy of options with some set by their keys, as a configuration file has them.</summary>
    public static TrainOptions With(this TrainOptions options, params (string Key, object Value)[] values)
    {
        foreach ((string key, object value) in values)
        {
            options = key == "network" ? options with { Model = options.Model with { Network = value as NetworkOptions } }
                : TrainOptions.Table.Find(key)!.With(
                    options, value is bool flag ? flag ? "on" : "off" : Convert.ToString(value, CultureInfo.InvariantCulture)!);
        }

        return options;
    }

    /// <summary>The smallest network that still has every part.</summary>
    public static NetworkOptions Network(bool masks) => new(new Dictionary<string, string>
    {
        ["variant"] = masks ? "seg-nano" : "nano",
        ["encoder_hidden_size"] = "64",
        ["encoder_num_layers"] = "2",
        ["patch_size"] = "12",
        ["num_windows"] = "1",
        ["resolution"] = "48",
        ["out_feature_indexes"] = "1,2",
        ["dec_layers"] = "1",
        ["hidden_dim"] = "32",
        ["dim_feedforward"] = "64",
        ["sa_nheads"] = "2",
        ["ca_nheads"] = "4",
        ["num_queries"] = "8",
        ["num_select"] = "8",
        ["group_detr"] = "2",
    });

    /// <summary>The weights of a checkpoint, by name.</summary>
    public static Dictionary<string, float[]> Weights(string checkpoint)
    {
        using Checkpoint file = Checkpoint.Open(checkpoint);
        var weights = new Dictionary<string, float[]>();
        Add(weights, "model", file);
        return weights;
    }

    /// <summary>The averaged weights of a checkpoint, by name.</summary>
    public static Dictionary<string, float[]> Average(string checkpoint)
    {
        using Checkpoint file = Checkpoint.Open(checkpoint);
        var weights = new Dictionary<string, float[]>();
        Add(weights, "ema", file.Ema!);
        return weights;
    }

    /// <summary>All numbers of a checkpoint that decide how a run goes on, by name.</summary>
    public static Dictionary<string, float[]> State(string checkpoint)
    {
        using Checkpoint file = Checkpoint.Open(checkpoint);
        var state = new Dictionary<string, float[]>();
        Add(state, "model", file);
        Add(state, "ema", file.Ema!);
        file.Contents.TryGet("optimizer", out PlainMap? optimizer).ShouldBeTrue();
        optimizer!.TryGet("state", out PlainMap? states).ShouldBeTrue();
        foreach ((object index, object? one) in states!)
        {
            foreach ((object key, object? value) in (PlainMap)one!)
                state.Add($"optimizer/{index}/{key}", ((StoredTensor)value!).Load().ToSingles());
        }

        return state;
    }

    public static void ShouldEqual(Dictionary<string, float[]> actual, Dictionary<string, float[]> expected, double tolerance = 0)
    {
        actual.Keys.ShouldBe(expected.Keys, ignoreOrder: true);
        foreach ((string name, float[] values) in expected)
        {
            double worst = values.Zip(actual[name], (a, b) => Math.Abs((double)a - b)).Max();
            worst.ShouldBeLessThanOrEqualTo(tolerance, name);
        }
    }

    private static void Add(Dictionary<string, float[]> state, string group, IWeightSource source)
    {
        foreach (string name in source.Names)
        {
            source.TryGet(name, out HostTensor? tensor).ShouldBeTrue();
            state.Add($"{group}/{name}", tensor!.ToSingles());
        }
    }
}

/// <summary>Does something at a step.</summary>
internal sealed class AtStep(int step, Action action) : ITrainingLog
{
    private int _steps;

    public List<string> Notes { get; } = [];

    public List<double> Losses { get; } = [];

    public void Note(string message) => Notes.Add(message);

    public void Warn(string message) => Notes.Add(message);

    public void Step(StepProgress progress)
    {
        Losses.Add(progress.Loss);
        if (++_steps == step)
            action();
    }

    public void Evaluating(int done, int total)
    {
    }

    public void Epoch(EpochProgress progress)
    {
    }
}
