using System.Text.Json.Serialization;
using RfDetr.Training;

namespace RfDetr.Cli.Documents;

/// <summary>Document that <c>train</c> writes. Scores are left out where nothing was evaluated.</summary>
internal sealed record TrainingDocument(
    string Ended, int Epochs, long Steps, string? BestCheckpoint,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? BoxAp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? BoxAp50,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? MaskAp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? MaskAp50)
{
    public static TrainingDocument Of(TrainingOutcome o) => new(
        o.Ended.ToString().ToLowerInvariant(), o.Epochs, o.Steps, o.BestCheckpoint, o.Best?.BoxAp, o.Best?.BoxAp50,
        o.Best?.MaskAp, o.Best?.MaskAp50);
}
