using System.Text.Json;
using RfDetr.Training;

namespace RfDetr.Cli.Commands;

/// <summary>Result of a run, for <c>--json</c>.</summary>
internal static class TrainJson
{
    public static void Write(Utf8JsonWriter json, TrainingOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("ended", outcome.Ended.ToString().ToLowerInvariant());
        json.WriteNumber("epochs", outcome.Epochs);
        json.WriteNumber("steps", outcome.Steps);
        json.WriteString("best_checkpoint", outcome.BestCheckpoint);
        if (outcome.Best is { } best)
        {
            json.WriteNumber("box_ap", best.BoxAp);
            json.WriteNumber("box_ap50", best.BoxAp50);
            if (best.MaskAp is { } ap)
                json.WriteNumber("mask_ap", ap);
            if (best.MaskAp50 is { } ap50)
                json.WriteNumber("mask_ap50", ap50);
        }

        json.WriteEndObject();
    }
}
