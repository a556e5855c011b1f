using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

public sealed class TrainOptionsFileTests
{
    [Fact]
    public void WrittenOptionsAreReadBackWhole()
    {
        var options = new TrainOptions
        {
            Model = "scratch",
            Data = "a folder: with #signs",
            Output = "runs/\"quoted\"",
            BatchSize = 0,
            Lr = 0.00025,
            Resolution = 240,
            UseEma = false,
            FreezeEncoder = true,
            Unfreeze = ["3:6", "9:0"],
            Network = new NetworkOptions(new Dictionary<string, string> { ["hidden_dim"] = "128", ["out_feature_indexes"] = "2,4,6", ["segmentation_head"] = "true" }),
        };
        string yaml = TrainOptionsFile.ToYaml(options);
        TrainOptions read = TrainOptionsFile.Parse(yaml, "written");
        TrainOptionsFile.ToYaml(read).ShouldBe(yaml);
        (read.Data, read.Output, read.BatchSize, read.Lr, read.Resolution, read.UseEma).ShouldBe((options.Data, options.Output, 0, 0.00025, 240, false));
        read.Unfreeze.ShouldBe(options.Unfreeze);
        read.Network!.Values.ShouldBe(options.Network!.Values);
        foreach (TrainOption option in TrainOption.All)
            yaml.ShouldContain($"\n{option.Key}: ");
    }

    [Fact]
    public void NamesAreThoseOfTheFieldAndEveryOptionIsDescribed()
    {
        TrainOption.All.Select(o => o.Key).ShouldBeUnique();
        TrainOption.All.Select(o => o.Flag).ShouldBeUnique();
        foreach (string key in (string[])["epochs", "batch_size", "grad_accum_steps", "lr", "lr_encoder", "resolution", "num_queries", "dataset_dir", "output_dir", "ema_decay", "group_detr", "multi_scale", "early_stopping_patience"])
            TrainOption.All.ShouldContain(o => o.Key == key, key);
        TrainOption.All.ShouldAllBe(o => o.Description.EndsWith('.') && o.Help.Length > 0);
    }

    [Theory]
    [InlineData("data: d\noutput: o\nbatch: 3\nlr-encoder: 0.5")]
    [InlineData("dataset_dir: d\noutput_dir: o\nbatch-size: 3\nlr_encoder: 0.5")]
    public void TheCommandLinesNamesAreKeysToo(string yaml)
    {
        TrainOptions read = TrainOptionsFile.Parse(yaml, "run.yaml");
        (read.Data, read.Output, read.BatchSize, read.LrEncoder).ShouldBe(("d", "o", 3, 0.5));
    }

    [Fact]
    public void NoNameMeansTwoOptions()
    {
        TrainOption.All.SelectMany(o => o.Aliases.Prepend(o.Key)).ShouldBeUnique();
        foreach (TrainOption option in TrainOption.All)
            TrainOption.Find(option.Flag[2..]).ShouldBe(option);
    }

    [Fact]
    public void ANetworkTakesTheRestFromItsVariant()
    {
        var network = new NetworkOptions(new Dictionary<string, string> { ["resolution"] = "240", ["dec_layers"] = "2", ["num_queries"] = "50" });
        Model.ModelConfig config = network.Build();
        (config.Variant, config.Resolution, config.PositionalEncodingSize, config.DecoderLayers, config.NumQueries, config.PatchSize, config.SegmentationHead)
            .ShouldBe(("custom", 240, 20, 2, 50, 12, true));
    }
}
