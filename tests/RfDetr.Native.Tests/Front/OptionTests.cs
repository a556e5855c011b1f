using System.Reflection;

namespace RfDetr.Tests.Front;

/// <summary>
/// Every option of loading and of detecting changes something; an option added later fails here until it has a line.
/// </summary>
public sealed class OptionTests : FrontTest
{
    private static readonly Dictionary<string, DetectOptions> s_detect = new()
    {
        [nameof(DetectOptions.ScoreThreshold)] = Everything with { ScoreThreshold = 0.5f },
        [nameof(DetectOptions.ClassThresholds)] =
            Everything with { ClassThresholds = new Dictionary<string, float> { ["ball"] = 1, ["cube"] = 1 } },
        [nameof(DetectOptions.Classes)] = Everything with { Classes = ["ring"] },
        [nameof(DetectOptions.Roi)] = Everything with { Roi = new PixelRect(3, 5, 40, 20) },
        [nameof(DetectOptions.ClampBoxes)] = Everything with { ClampBoxes = false },
        [nameof(DetectOptions.NumSelect)] = Everything with { NumSelect = 2 },
        [nameof(DetectOptions.ResizeRule)] = Everything with { ResizeRule = ResizeRule.BilinearAntialias },
        [nameof(DetectOptions.NmsIoU)] = Everything with { NmsIoU = 0.3f },
        [nameof(DetectOptions.Heads)] = Everything with { Heads = [Head.Boxes] },
        [nameof(DetectOptions.MasksInsideBox)] = Everything with { MasksInsideBox = true },
    };

    // What each option of a model changes: the description of the model, or what is found.
    private static readonly Dictionary<string, ModelOptions> s_model = new()
    {
        [nameof(ModelOptions.ClassNames)] = new ModelOptions { ClassNames = ["x", "y", "z"] },
        [nameof(ModelOptions.ClassOffset)] = new ModelOptions { ClassNames = ["x", "y", "z"], ClassOffset = 1 },
        [nameof(ModelOptions.ResizeRule)] = new ModelOptions { ResizeRule = ResizeRule.BilinearAntialias },
        [nameof(ModelOptions.NumSelect)] = new ModelOptions { NumSelect = 2 },
        [nameof(ModelOptions.Weights)] = new ModelOptions { Weights = WeightSet.Averaged },
        [nameof(ModelOptions.InputSize)] = new ModelOptions { InputSize = new ImageSize(32, 24) },
        [nameof(ModelOptions.Quantization)] = new ModelOptions
        {
            Quantization = new QuantizationPolicy
            {
                Blocks = [new QuantizedBlock("encoder.0.mlp", true, null, 1), new QuantizedBlock("heads", true, null, 1)]
            },
        },
    };

    // What each option of an engine changes: what the engine says about itself, or what it takes.
    private static readonly Dictionary<string, (Engine Changed, Engine From)> s_engines = new()
    {
        [nameof(Engine.Threads)] = (new Engine.Cpu { Threads = 3 }, new Engine.Cpu { Threads = 1 }),
        [nameof(Engine.FixedBatch)] = (new Engine.Cpu { FixedBatch = 2 }, new Engine.Cpu()),
    };

    public static TheoryData<string> ModelOptionNames =>
        [.. Settable(typeof(ModelOptions)).Except([nameof(ModelOptions.Variant), nameof(ModelOptions.AcceptLicense)])];

    public static TheoryData<string> EngineOptionNames => [.. Settable(typeof(Engine))];

    public static TheoryData<string> DetectOptionNames => [.. Settable(typeof(DetectOptions))];

    [Theory]
    [MemberData(nameof(DetectOptionNames))]
    public void Every_option_of_detecting_changes_the_result(string option)
    {
        using Detector detector = Detector.Load(Model);
        using Image image = Image(2);
        DetectOptions changed = s_detect[option];
        Text(detector.Detect(image, changed)).ShouldNotBe(Text(detector.Detect(image, Everything)));
    }

    [Theory]
    [MemberData(nameof(ModelOptionNames))]
    public void Every_option_of_a_model_changes_what_it_means_or_finds(string option)
    {
        string averaged = FrontModel.Write(At("averaged.safetensors"), averaged: true);
        ModelOptions plain = option == nameof(ModelOptions.ClassOffset)
            ? new ModelOptions { ClassNames = ["x", "y", "z"], ClassOffset = 0 }
            : new ModelOptions();
        using Image image = Image(2);
        Told(s_model[option]).ShouldNotBe(Told(plain));

        string Told(ModelOptions options)
        {
            using Detector detector = Detector.Load(averaged, options);
            return Text(detector.Detect(image, Everything)) + detector.Model.InputHeight;
        }
    }

    [Fact]
    public void A_variant_that_the_file_is_not_is_refused() =>
        Should.Throw<Exception>(() =>
            Detector.Load(Model, new ModelOptions { Variant = "nano" }).Dispose()).Message.ShouldContain("nano");

    [Theory]
    [MemberData(nameof(EngineOptionNames))]
    public void Every_option_of_an_engine_reaches_it(string option)
    {
        (Engine changed, Engine from) = s_engines[option];
        using Detector one = Detector.Load(Model, null, changed), other = Detector.Load(Model, null, from);
        (one.Model.Engine, one.HasFixedBatch).ShouldNotBe((other.Model.Engine, other.HasFixedBatch));
    }

    [Fact]
    public void All_wrong_options_are_told_at_once()
    {
        var wrong = new ModelOptions { NumSelect = 0, ClassOffset = -1, InputSize = new ImageSize(0, 9) };
        string message = Should.Throw<ArgumentException>(() => Detector.Load(Model, wrong)).Message;
        foreach (string part in (string[])["NumSelect is 0", "ClassOffset is -1", "InputSize is 0×9"])
            message.ShouldContain(part);
        Should.Throw<ArgumentException>(() =>
            Detector.Load(Model, null, new Engine.Cpu { Threads = -1, FixedBatch = 0 })).Message.ShouldContain("FixedBatch is 0");
    }

    [Fact]
    public void An_engine_that_does_not_run_such_a_model_says_which_does()
    {
        string file = FrontModel.WriteOnnx(At("m.onnx"));
        Should.Throw<ArgumentException>(() =>
            Detector.Load(file, null, new Engine.Cpu())).Message.ShouldContain("ONNX Runtime runs");
        Should.Throw<ArgumentException>(() =>
            Detector.Load(Model, null, new Engine.Cpu { Precision = CpuPrecision.Int8 }))
            .Message.ShouldContain("rfdetr quantize");
        Should.Throw<ArgumentException>(() =>
            Detector.Load(Model, null, new Engine.OnnxRuntime { Precision = OnnxPrecision.Int8 }))
            .Message.ShouldContain("rfdetr quantize");
    }

    private static IEnumerable<string> Settable(Type options) =>
        options.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => p.SetMethod is not null).Select(p => p.Name);
}
