using System.Reflection;

namespace RfDetr.Tests.Front;

/// <summary>Every option of loading and of detecting changes something; an option added later fails here until it has a line.</summary>
public sealed class OptionTests : FrontTest
{
    private static readonly Dictionary<string, DetectOptions> s_detect = new()
    {
        [nameof(DetectOptions.ScoreThreshold)] = Everything with { ScoreThreshold = 0.5f },
        [nameof(DetectOptions.ClassThresholds)] = Everything with { ClassThresholds = new Dictionary<string, float> { ["ball"] = 1, ["cube"] = 1 } },
        [nameof(DetectOptions.Classes)] = Everything with { Classes = ["ring"] },
        [nameof(DetectOptions.Roi)] = Everything with { Roi = new PixelRect(3, 5, 40, 20) },
        [nameof(DetectOptions.ClampBoxes)] = Everything with { ClampBoxes = false },
        [nameof(DetectOptions.NumSelect)] = Everything with { NumSelect = 2 },
        [nameof(DetectOptions.ResizeRule)] = Everything with { ResizeRule = ResizeRule.BilinearAntialias },
        [nameof(DetectOptions.NmsIoU)] = Everything with { NmsIoU = 0.3f },
        [nameof(DetectOptions.Heads)] = Everything with { Heads = [Head.Boxes] },
        [nameof(DetectOptions.MasksInsideBox)] = Everything with { MasksInsideBox = true },
    };

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

    private static IEnumerable<string> Settable(Type options) =>
        options.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.SetMethod is not null).Select(p => p.Name);
}
