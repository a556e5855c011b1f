using System.Globalization;
using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>A difference of two models in words, for consoles and pages.</summary>
internal static class DiffText
{
    public static readonly string[] Headings =
        ["class", "matched", "lost", "new", "score shift", "score change", "box IoU", "box shift, px", "mask IoU"];

    public static string Models(ModelDiff d) =>
        $"A: {d.A.Name} ({d.A.Variant}) on {d.A.Engine}; B: {d.B.Name} ({d.B.Variant}) on {d.B.Engine}";

    public static string Summary(ModelDiff diff)
    {
        ClassDiff t = diff.Total;
        string lost = Text($"{t.Lost} lost ({t.LostBelow} of them only below the threshold in B)");
        return Text(
            $"{diff.Images.Count} images: {t.Matched} objects matched, {lost}, {t.New} new ({t.NewBelow} of them below it in A)");
    }

    public static string Image(ImageDiff p) =>
        Text($"{p.File}: {p.Matched.Count} matched, {p.Lost.Count} lost, {p.New.Count} new (severity {p.Severity:0.00})");

    /// <summary>A row below <see cref="Headings"/>.</summary>
    public static string[] Row(ClassDiff c) =>
    [
        c.Name, Count(c.Matched), Of(c.Lost, c.LostBelow), Of(c.New, c.NewBelow), Number(c.ScoreShift, "+0.000;-0.000;0.000"),
        Number(c.ScoreChange, "0.000"), Number(c.IoU, "0.000"), Number(c.BoxShift, "0.00"), Number(c.MaskIoU, "0.000"),
    ];

    // "5 (2)": of five, the other model saw two below the threshold.
    private static string Of(int count, int below) => below > 0 ? Text($"{count} ({below})") : Count(count);

    private static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
