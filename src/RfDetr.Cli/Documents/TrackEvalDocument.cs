using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using RfDetr.Tracking;

namespace RfDetr.Cli.Documents;

/// <summary>Document that <c>track-eval</c> writes.</summary>
internal sealed record TrackEvalDocument(IReadOnlyList<SequenceDocument> Sequences, TrackingScoresDocument Together)
{
    public static TrackEvalDocument Of(TrackEvaluation evaluation) =>
        new([.. evaluation.Sequences.Select(SequenceDocument.Of)], TrackingScoresDocument.Of(evaluation.Together));
}

/// <summary>Scores of a sequence, or of all together: ratios rounded to six digits, and counts.</summary>
internal record TrackingScoresDocument
{
    public required double Hota { get; init; }

    public required double DetA { get; init; }

    public required double AssA { get; init; }

    public required double DetRe { get; init; }

    public required double DetPr { get; init; }

    public required double AssRe { get; init; }

    public required double AssPr { get; init; }

    public required double LocA { get; init; }

    public required double Mota { get; init; }

    public required double Motp { get; init; }

    public required double Recall { get; init; }

    public required double Precision { get; init; }

    public required double Idf1 { get; init; }

    public required double Idr { get; init; }

    public required double Idp { get; init; }

    public required long Switches { get; init; }

    public required long Fragmentations { get; init; }

    public required long TruePositives { get; init; }

    public required long FalsePositives { get; init; }

    public required long FalseNegatives { get; init; }

    public required long MostlyTracked { get; init; }

    public required long PartlyTracked { get; init; }

    public required long MostlyLost { get; init; }

    public static TrackingScoresDocument Of(TrackingScores s) => new()
    {
        Hota = Rounded(s.Hota.Hota),
        DetA = Rounded(s.Hota.DetA),
        AssA = Rounded(s.Hota.AssA),
        DetRe = Rounded(s.Hota.DetRe),
        DetPr = Rounded(s.Hota.DetPr),
        AssRe = Rounded(s.Hota.AssRe),
        AssPr = Rounded(s.Hota.AssPr),
        LocA = Rounded(s.Hota.LocA),
        Mota = Rounded(s.Clear.Mota),
        Motp = Rounded(s.Clear.Motp),
        Recall = Rounded(s.Clear.Recall),
        Precision = Rounded(s.Clear.Precision),
        Idf1 = Rounded(s.Identity.Idf1),
        Idr = Rounded(s.Identity.Recall),
        Idp = Rounded(s.Identity.Precision),
        Switches = s.Clear.IdSwitches,
        Fragmentations = s.Clear.Fragmentations,
        TruePositives = s.Clear.TruePositives,
        FalsePositives = s.Clear.FalsePositives,
        FalseNegatives = s.Clear.FalseNegatives,
        MostlyTracked = s.Clear.MostlyTracked,
        PartlyTracked = s.Clear.PartlyTracked,
        MostlyLost = s.Clear.MostlyLost,
    };

    private static double Rounded(double value) => Math.Round(value, 6);
}

/// <summary>Scores of one sequence; its name and counts stand before them.</summary>
internal sealed record SequenceDocument : TrackingScoresDocument
{
    public SequenceDocument()
    {
    }

    [SetsRequiredMembers]
    private SequenceDocument(SequenceScores s)
        : base(TrackingScoresDocument.Of(s.Scores)) =>
        (Name, Frames, TrueIds, Ids) = (s.Name, s.Frames, s.TrueIds, s.ResultIds);

    [JsonPropertyOrder(-4)]
    public required string Name { get; init; }

    [JsonPropertyOrder(-3)]
    public required int Frames { get; init; }

    [JsonPropertyOrder(-2)]
    public required int TrueIds { get; init; }

    [JsonPropertyOrder(-1)]
    public required int Ids { get; init; }

    public static SequenceDocument Of(SequenceScores s) => new(s);
}
