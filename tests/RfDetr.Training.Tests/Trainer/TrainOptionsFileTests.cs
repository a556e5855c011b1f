using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

public sealed class TrainOptionsFileTests
{
    [Fact]
    public void WrittenOptionsAreReadBackWhole()
    {
        var options = new TrainOptions
        {
            Model = new()
            {
                Start = TrainingModelOptions.Scratch,
                Resolution = 240,
                Network = new NetworkOptions(
                    new Dictionary<string, string>
                    {
                        ["hidden_dim"] = "128",
                        ["out_feature_indexes"] = "2,4,6",
                        ["segmentation_head"] = "true"
                    }),
            },
            Data = new() { Folder = "a folder: with #signs", BatchSize = null },
            Augmentation = new() { Preset = AugmentationPreset.Aerial, MultiScale = true, Mosaic = 0.25 },
            Output = new() { Folder = "runs/\"quoted\"" },
            Schedule = new() { Kind = ScheduleKind.Cosine },
            Optimizer = new() { LearningRate = 0.00025 },
            Ema = new() { Enabled = false },
            Freeze = new() { Encoder = true, Unfreeze = [new(3, 6), new(9, 0)] },
            Hardware = new() { Device = Device.Cuda(-1), Precision = MixedPrecision.Float16, Threads = 3 },
        };
        string yaml = TrainOptionsFile.ToYaml(options);
        TrainOptions read = TrainOptionsFile.Parse(yaml, "written");
        TrainOptionsFile.ToYaml(read).ShouldBe(yaml);
        (read.Data, read.Output, read.Augmentation, read.Schedule, read.Optimizer, read.Ema, read.Hardware)
            .ShouldBe(
                (
                    options.Data, options.Output, options.Augmentation, options.Schedule, options.Optimizer, options.Ema,
                    options.Hardware));
        read.Freeze.Unfreeze.ShouldBe(options.Freeze.Unfreeze);
        read.Model.Network!.Values.ShouldBe(options.Model.Network!.Values);
        foreach (OptionEntry<TrainOptions> option in TrainOptions.Table.All)
            yaml.ShouldContain($"\n{option.Key}: ");
    }

    [Fact]
    public void NamesAreThoseOfTheFieldAndEveryOptionIsDescribed()
    {
        TrainOptions.Table.All.Select(o => o.Key).ShouldBeUnique();
        TrainOptions.Table.All.Select(o => o.Flag).ShouldBeUnique();
        foreach (
            string key in (string[])[
                "epochs", "batch_size", "grad_accum_steps", "lr", "lr_encoder", "resolution", "num_queries", "dataset_dir",
                "output_dir", "ema_decay", "group_detr", "multi_scale", "early_stopping_patience"
            ])
            TrainOptions.Table.All.ShouldContain(o => o.Key == key, key);
        TrainOptions.Table.All.ShouldAllBe(o => o.Description.EndsWith('.') && o.Placeholder.Length > 0);
    }

    /// <remarks>Written by version 0.1.0; every later version must go on with such runs.</remarks>
    [Fact]
    public void TheStoredOptionsOfAnOldRunAreRead()
    {
        TrainOptions read =
            TrainOptionsFile.Read(Path.Combine(AppContext.BaseDirectory, "Trainer", "Options", "config-0.1.0.yaml"));

        read.Validate();
        TrainOptionsFile.ToYaml(read).ShouldBe(TrainOptionsFile.ToYaml(new TrainOptions
        {
            Model = new() { Start = "nano" },
            Data = new() { Folder = "images", BatchSize = 2 },
            Augmentation = new() { MultiScale = true },
            Schedule = new() { Epochs = 20, Kind = ScheduleKind.Cosine },
            Freeze = new() { Encoder = true, Unfreeze = [new(3, 6), new(9, 0)] },
            Output = new() { Folder = "runs/first" },
        }));
    }

    public static TheoryData<string> Recipes =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "recipes"), "*.yaml", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(AppContext.BaseDirectory, f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void RecipesMeanWhatTheySay(string recipe)
    {
        string path = Path.Combine(AppContext.BaseDirectory, recipe);
        TrainOptions read = TrainOptionsFile.Read(path).With(("dataset_dir", "d"), ("output_dir", "o"));
        (read.Model.Start is null ? read.With(("model", "demo")) : read).Validate();
        foreach (string line in File.ReadLines(path).TakeWhile(l => l != "network:").Where(l => !l.StartsWith('#')))
        {
            (string key, string text) = line.Split(": ") is [var k, var v] ? (k, v) : throw new InvalidOperationException(line);
            OptionEntry<TrainOptions> option = TrainOptions.Table.Find(key).ShouldNotBeNull(key);
            option.Text(read).ShouldBe(option.Text(option.With(new TrainOptions(), text)), key);
        }

        read.Augmentation.MultiScale.ShouldBe(false);
        (read.Model.Network is null).ShouldBe(!recipe.Contains("1-localize", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("data: d\noutput: o\nbatch: 3\nlr-encoder: 0.5")]
    [InlineData("dataset_dir: d\noutput_dir: o\nbatch-size: 3\nlr_encoder: 0.5")]
    public void TheCommandLinesNamesAreKeysToo(string yaml)
    {
        TrainOptions read = TrainOptionsFile.Parse(yaml, "run.yaml");
        (
            read.Data.Folder, read.Output.Folder, read.Data.BatchSize, read.Optimizer.EncoderLearningRate)
            .ShouldBe(("d", "o", 3, 0.5));
    }

    [Theory]
    [InlineData("batch_size: 0", "batch_size", "auto")]
    [InlineData("batch_size: AUTO", "batch_size", "auto")]
    [InlineData("threads: 0\nsave_steps: 0\neval_batch_size: 0\nmosaic: 0.0", "mosaic", "0")]
    [InlineData("multi_scale: null", "multi_scale", "")]
    [InlineData("multi_scale: yes", "multi_scale", "on")]
    [InlineData("device: cuda", "device", "cuda")]
    [InlineData("device: cuda:1", "device", "cuda:1")]
    [InlineData("adapter: DoRA", "adapter", "dora")]
    public void OtherWordsForAValueAreRead(string yaml, string key, string text) =>
        TrainOptions.Table.Find(key)!.Text(TrainOptionsFile.Parse(yaml, "run.yaml")).ShouldBe(text);

    [Fact]
    public void NoNameMeansTwoOptions()
    {
        TrainOptions.Table.All.SelectMany(o => o.Aliases.Prepend(o.Key)).ShouldBeUnique();
        foreach (OptionEntry<TrainOptions> option in TrainOptions.Table.All)
            TrainOptions.Table.Find(option.Flag[2..]).ShouldBe(option);
    }

    [Fact]
    public void ANetworkTakesTheRestFromItsVariant()
    {
        var network = new NetworkOptions(
            new Dictionary<string, string> { ["resolution"] = "240", ["dec_layers"] = "2", ["num_queries"] = "50" });
        Model.ModelConfig config = network.Build();
        (
            config.Variant, config.Resolution, config.PositionalEncodingSize, config.DecoderLayers, config.NumQueries,
            config.PatchSize, config.SegmentationHead)
            .ShouldBe(("custom", 240, 20, 2, 50, 12, true));
    }
}
