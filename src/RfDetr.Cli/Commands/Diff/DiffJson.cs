using System.Text.Json;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>A difference of two models for programs.</summary>
internal static class DiffJson
{
    public static void Write(Utf8JsonWriter json, ModelDiff diff)
    {
        json.WriteStartObject();
        Write(json, "model_a", diff.A);
        Write(json, "model_b", diff.B);
        json.WriteNumber("threshold", diff.Options.ScoreThreshold);
        json.WriteNumber("min_iou", diff.Options.MinIoU);
        json.WritePropertyName("total");
        Write(json, diff.Total);
        json.WriteStartArray("classes");
        foreach (ClassDiff c in diff.Classes)
            Write(json, c);
        json.WriteEndArray();
        json.WriteStartArray("images");
        foreach (ImageDiff p in diff.Images)
            Write(json, p);
        foreach ((string file, Exception error) in diff.Failures)
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("error", Failures.Describe(error));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ModelInfo model)
    {
        json.WriteStartObject(name);
        json.WriteString("name", model.Name);
        json.WriteString("variant", model.Variant);
        json.WriteString("engine", model.Engine);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ClassDiff c)
    {
        json.WriteStartObject();
        json.WriteString("class", c.Name);
        json.WriteNumber("matched", c.Matched);
        json.WriteNumber("lost", c.Lost);
        json.WriteNumber("lost_below_threshold", c.LostBelow);
        json.WriteNumber("new", c.New);
        json.WriteNumber("new_below_threshold", c.NewBelow);
        Number(json, "score_shift", c.ScoreShift);
        Number(json, "score_change", c.ScoreChange);
        Number(json, "box_iou", c.IoU);
        Number(json, "box_shift", c.BoxShift);
        Number(json, "mask_iou", c.MaskIoU);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ImageDiff p)
    {
        json.WriteStartObject();
        json.WriteString("file", p.File);
        Number(json, "severity", p.Severity);
        json.WriteStartArray("matched");
        foreach (MatchedDetection m in p.Matched)
        {
            json.WriteStartObject();
            json.WriteString("class", m.A.ClassName);
            Number(json, "score_a", m.A.Score);
            Number(json, "score_b", m.B.Score);
            Number(json, "box_iou", m.IoU);
            Number(json, "box_shift", m.BoxShift);
            Number(json, "mask_iou", m.MaskIoU);
            Box(json, "box_a", m.A);
            Box(json, "box_b", m.B);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, "lost", p.Lost);
        Write(json, "new", p.New);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<UnmatchedDetection> unmatched)
    {
        json.WriteStartArray(name);
        foreach (UnmatchedDetection u in unmatched)
        {
            json.WriteStartObject();
            json.WriteString("class", u.Found.ClassName);
            Number(json, "score", u.Found.Score);
            Number(json, "other_score", u.OtherScore);
            Box(json, "box", u.Found);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Box(Utf8JsonWriter json, string name, Detection d)
    {
        json.WriteStartArray(name);
        foreach (float edge in (float[])[d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2])
            json.WriteNumberValue(float.IsFinite(edge) ? MathF.Round(edge, 2) : 0);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, Math.Round(number, 6));
        else
            json.WriteNull(name);
    }
}
