using System.Text.Json.Serialization;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Documents;

/// <summary>Document that <c>diff</c> writes. Means are null where nothing was matched.</summary>
internal sealed record DiffDocument(
    DiffModelDocument ModelA, DiffModelDocument ModelB, float Threshold, float MinIou, ClassDiffDocument Total,
    IReadOnlyList<ClassDiffDocument> Classes, IReadOnlyList<DiffImageDocument> Images)
{
    public static DiffDocument Of(ModelDiff diff) => new(
        DiffModelDocument.Of(diff.A), DiffModelDocument.Of(diff.B), diff.Options.ScoreThreshold, diff.Options.MinIoU,
        ClassDiffDocument.Of(diff.Total), [.. diff.Classes.Select(ClassDiffDocument.Of)],
        [
            .. diff.Images.Select(ComparedImageDocument.Of),
            .. diff.Failures.Select(f => new UnreadImageDocument(f.File, Failures.Describe(f.Error))),
        ]);

    /// <summary>A number for people and programs; JSON has none that is not finite.</summary>
    public static double? Rounded(double? value) =>
        value is { } number && double.IsFinite(number) ? Math.Round(number, 6) : null;

    /// <summary>Left, top, right and bottom in hundredths of pixels.</summary>
    public static IReadOnlyList<float> Edges(BoxXyxy box) =>
        [.. ((float[])[box.X1, box.Y1, box.X2, box.Y2]).Select(edge => float.IsFinite(edge) ? MathF.Round(edge, 2) : 0)];
}

/// <summary>One of the two models.</summary>
internal sealed record DiffModelDocument(string Name, string Variant, string Engine)
{
    public static DiffModelDocument Of(ModelInfo model) => new(model.Name, model.Variant, model.Engine);
}

/// <summary>One class over all images, or all classes.</summary>
internal sealed record ClassDiffDocument(
    string Class, int Matched, int Lost, int LostBelowThreshold, int New, int NewBelowThreshold, double? ScoreShift,
    double? ScoreChange, double? BoxIou, double? BoxShift, double? MaskIou)
{
    public static ClassDiffDocument Of(ClassDiff c) => new(
        c.Name, c.Matched, c.Lost, c.LostBelow, c.New, c.NewBelow, DiffDocument.Rounded(c.ScoreShift),
        DiffDocument.Rounded(c.ScoreChange), DiffDocument.Rounded(c.IoU), DiffDocument.Rounded(c.BoxShift),
        DiffDocument.Rounded(c.MaskIoU));
}

/// <summary>One image: compared, or not read.</summary>
[JsonDerivedType(typeof(ComparedImageDocument))]
[JsonDerivedType(typeof(UnreadImageDocument))]
internal abstract record DiffImageDocument;

/// <summary>One image in both models.</summary>
internal sealed record ComparedImageDocument(
    string File, double? Severity, IReadOnlyList<MatchedDocument> Matched, IReadOnlyList<UnmatchedDocument> Lost,
    IReadOnlyList<UnmatchedDocument> New) : DiffImageDocument
{
    public static ComparedImageDocument Of(ImageDiff image) => new(
        image.File, DiffDocument.Rounded(image.Severity), [.. image.Matched.Select(MatchedDocument.Of)],
        [.. image.Lost.Select(UnmatchedDocument.Of)], [.. image.New.Select(UnmatchedDocument.Of)]);
}

/// <summary>An image that could not be read.</summary>
internal sealed record UnreadImageDocument(string File, string Error) : DiffImageDocument;

/// <summary>An object that both models found.</summary>
internal sealed record MatchedDocument(
    string Class, double? ScoreA, double? ScoreB, double? BoxIou, double? BoxShift, double? MaskIou, IReadOnlyList<float> BoxA,
    IReadOnlyList<float> BoxB)
{
    public static MatchedDocument Of(MatchedDetection m) => new(
        m.A.ClassName, DiffDocument.Rounded(m.A.Score), DiffDocument.Rounded(m.B.Score), DiffDocument.Rounded(m.IoU),
        DiffDocument.Rounded(m.BoxShift), DiffDocument.Rounded(m.MaskIoU), DiffDocument.Edges(m.A.Box),
        DiffDocument.Edges(m.B.Box));
}

/// <summary>An object that only one model found; the other's score if it saw the object below the threshold.</summary>
internal sealed record UnmatchedDocument(string Class, double? Score, double? OtherScore, IReadOnlyList<float> Box)
{
    public static UnmatchedDocument Of(UnmatchedDetection u) => new(
        u.Found.ClassName, DiffDocument.Rounded(u.Found.Score), DiffDocument.Rounded(u.OtherScore),
        DiffDocument.Edges(u.Found.Box));
}
