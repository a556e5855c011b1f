using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>
/// Wrong options and combinations of options: each is refused before any work, with a message that names it and the cure.
/// </summary>
public sealed class BadOptionTests
{
    private const string Good = "model: nano\ndataset_dir: d\noutput_dir: o\n";

    [Theory]
    [InlineData("dataset_dir: d\noutput_dir: o", "model is missing; name a published variant, a checkpoint file")]
    [InlineData("model: nano\noutput_dir: o", "dataset_dir is missing; give the folder of the images (--data)")]
    [InlineData("model: nano\ndataset_dir: d", "output_dir is missing; give a folder for the run (--output)")]
    [
        InlineData(
            "model: scratch\ndataset_dir: d\noutput_dir: o", "model is 'scratch', but the configuration file has no 'network'")
    ]
    [InlineData(Good + "network:\n  dec_layers: 2", "model is 'nano', so 'network' has no use")]
    [InlineData(Good + "amp: fp16", "amp is fp16, which a CPU cannot compute in; use bf16 or no")]
    [InlineData(Good + "epochs: 5\nwarmup_epochs: 5", "warmup_epochs 5 leave nothing of epochs 5")]
    [InlineData(Good + "batch_size: auto\nprocesses: 2", "batch_size auto cannot be used with processes 2")]
    [InlineData(Good + "adapter: lora\nfreeze_encoder: on", "adapter lora leaves the encoder's own weights as they are already")]
    [
        InlineData(
            Good + "early_stopping: on\nepochs: 3\neval_interval: 4",
            "early_stopping needs evaluations, but eval_interval 4 is above epochs 3")
    ]
    [InlineData(Good + "val_split: train", "val_split and train_split are both 'train'")]
    [InlineData(Good + "lr: 0\nlr_encoder: 0", "lr and lr_encoder are both 0; nothing would change")]
    [InlineData(Good + "cls_loss_coef: 0\nbbox_loss_coef: 0\ngiou_loss_coef: 0", "are all 0; nothing would be learnt")]
    [InlineData(Good + "unfreeze: [3:6]", "unfreeze is given, but nothing is frozen")]
    [InlineData(Good + "freeze_encoder: on\nepochs: 5\nunfreeze: [5:0]", "unfreeze '5:0' begins after the last of 5 epochs")]
    [InlineData(Good + "freeze_encoder: on\nunfreeze: [5:6, 3:0]", "unfreeze '3:0' must begin after epoch 5")]
    [InlineData(Good + "ema_decay: 1", "ema_decay is 1, with which the average never moves")]
    [InlineData(Good + "lr_vit_layer_decay: 0", "lr_vit_layer_decay and lr_component_decay must be above 0")]
    public void CombinationsAreRefused(string yaml, string message)
    {
        TrainOptions options = TrainOptionsFile.Parse(yaml, "run.yaml");
        Should.Throw<ArgumentException>(options.Validate).Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("epoch: 5", "run.yaml, line 1: there is no option 'epoch'; did you mean epochs?")]
    [InlineData("epochs: 5\nbatchsize: 2", "run.yaml, line 2: there is no option 'batchsize'; did you mean batch_size?")]
    [InlineData("dataa: x", "run.yaml, line 1: there is no option 'dataa'; did you mean data?")]
    [InlineData("batch_size: 2\nbatch: 4", "run.yaml, line 2: 'batch' sets batch_size a second time; keep one of the two")]
    [
        InlineData(
            "network:\n  hiden_dim: 64",
            "run.yaml, line 2: there is no option 'network.hiden_dim'; did you mean network.hidden_dim?")
    ]
    [InlineData("epochs: many", "run.yaml, line 1: epochs 'many' is not a whole number from 1 to 1000000")]
    [InlineData("epochs: 2.5", "epochs '2.5' is not a whole number from 1 to 1000000")]
    [InlineData("batch_size: -1", "batch_size '-1' is not a whole number from 1 to 4096 or 'auto'")]
    [InlineData("threads: -1", "threads '-1' is not a whole number from 1 to 1024 or '0'")]
    [InlineData("lr: .nan", "lr '.nan' is not a number from 0 to 10")]
    [InlineData("device: gpu", "run.yaml, line 1: device 'gpu' is none of cpu, cuda, cuda:N")]
    [InlineData("device: cuda:x", "device 'cuda:x' is none of cpu, cuda, cuda:N")]
    [InlineData("amp: fp8", "amp 'fp8' is none of no, bf16, fp16")]
    [InlineData("unfreeze: [soon]", "unfreeze 'soon' is not EPOCH:LAYERS")]
    [InlineData("cls_loss: hinge", "cls_loss 'hinge' is none of ia_bce, focal, varifocal, position")]
    [InlineData("lr_scheduler: linear", "lr_scheduler 'linear' is none of step, cosine")]
    [InlineData("augmentation: strong", "augmentation 'strong' is none of default, none")]
    [InlineData("lr: fast", "lr 'fast' is not a number from 0 to 10")]
    [InlineData("multi_scale: maybe", "multi_scale 'maybe' is neither on nor off")]
    [InlineData("epochs: {a: 1}", "run.yaml, line 1: epochs is not a single value")]
    [InlineData("network: small", "run.yaml, line 1: network holds no 'key: value' lines")]
    [InlineData("- epochs", "run.yaml: holds no 'key: value' lines")]
    [InlineData("epochs: [1", "run.yaml, line")]
    public void FilesAreRefused(string yaml, string message) =>
        Should.Throw<ConfigurationFileException>(() => TrainOptionsFile.Parse(yaml, "run.yaml")).Message.ShouldContain(message);

    [Theory]
    [InlineData("encoder_hidden_size", "100", "encoder_hidden_size 100 is not a multiple of 64")]
    [
        InlineData(
            "resolution", "250", "resolution 250 is not a multiple of 12 (patch_size 12 × num_windows 1); 240 or 252 would be")
    ]
    [InlineData("hidden_dim", "100", "hidden_dim 100 is not a multiple of sa_nheads 8")]
    [InlineData("out_feature_indexes", "3,14", "out_feature_indexes reach beyond the encoder's 12 layers")]
    [InlineData("out_feature_indexes", "6,3", "out_feature_indexes do not rise")]
    [InlineData("projector_scale", "P2", "projector_scale holds levels other than P3, P4, P5")]
    [InlineData("dec_layers", "two", "network.dec_layers is 'two', expected a whole number")]
    [InlineData("layer_scale_init", "0", "network.layer_scale_init is '0', expected a number above 0")]
    [InlineData("variant", "tiny", "there is no variant 'tiny'; there are nano, small")]
    [InlineData("num_queries", "9000", "num_queries 9000 are far more than the 676 patches")]
    public void NetworksAreRefused(string key, string value, string message)
    {
        var network = new NetworkOptions(new Dictionary<string, string> { [key] = value });
        Should.Throw<ArgumentException>(network.Build).Message.ShouldContain(message);
    }

    [Fact]
    public void AllMistakesAreNamedAtOnce()
    {
        var options = new TrainOptions
        {
            Schedule = new() { Epochs = 0, Kind = (ScheduleKind)9 },
            Optimizer = new() { LearningRate = double.NaN },
            Hardware = new() { Device = new Device(DeviceKind.Mps, 0) },
        };
        string message = Should.Throw<ArgumentException>(options.Validate).Message;
        foreach (string part in (string[])[
            "epochs is 0, expected from 1 to 1000000", "lr_scheduler is 9, which is no ScheduleKind",
            "lr is NaN, expected from 0 to 10", "model is missing",
            "dataset_dir is missing", "device is 'mps:0', expected cpu, cuda or cuda:N"])
            message.ShouldContain(part);
    }

    [Fact]
    public void AllMistakesOfAFileAreNamedAtOnce()
    {
        string message = Should.Throw<ConfigurationFileException>(() =>
            TrainOptionsFile.Parse("epochs: many\nlr: 1\nbatchsize: 2\namp: fp8", "run.yaml")).Message;
        foreach (
            string part in (string[])[
                "run.yaml, line 1: epochs 'many'", "run.yaml, line 3: there is no option 'batchsize'",
                "run.yaml, line 4: amp 'fp8'"
            ])
            message.ShouldContain(part);
    }
}
