using System.Text.Json;
using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

/// <summary>Truth and detections of <c>goldens/cocoeval</c>, read without the project's own reader.</summary>
internal static class CocoGolden
{
    public static EvaluationInput Read(EvaluationKind kind)
    {
        using JsonDocument truth = Json("ground_truth.json"),
        found = Json(kind == EvaluationKind.Boxes ? "detections_bbox.json" : "detections_segm.json");
        var sizes = truth.RootElement.GetProperty("images").EnumerateArray()
            .ToDictionary(
                i => i.GetProperty("id").GetInt64(),
                i => (Height: i.GetProperty("height").GetInt32(), Width: i.GetProperty("width").GetInt32()));
        return new(
            [.. sizes.Keys],
            [.. truth.RootElement.GetProperty("categories").EnumerateArray().Select(c => c.GetProperty("id").GetInt64())],
            [.. truth.RootElement.GetProperty("annotations").EnumerateArray().Select(a => Truth(a, sizes))],
            [.. found.RootElement.EnumerateArray().Select(Found)]);
    }

    public static JsonElement Expected(string name) => Json("expected.json").RootElement.GetProperty(name);

    private static TruthObject Truth(JsonElement a, Dictionary<long, (int Height, int Width)> sizes)
    {
        long image = a.GetProperty("image_id").GetInt64();
        JsonElement segmentation = a.GetProperty("segmentation");
        (int height, int width) = sizes[image];
        return new(image, a.GetProperty("category_id").GetInt64(), Box(a.GetProperty("bbox")), a.GetProperty("area").GetDouble())
        {
            Crowd = a.GetProperty("iscrowd").GetInt32() != 0,
            Mask = segmentation.ValueKind == JsonValueKind.Array
                ? RleMask.FromPolygons(
                    height, width,
                    segmentation.EnumerateArray().Select(p => p.EnumerateArray().Select(v => v.GetDouble()).ToArray()))
                : RleMask.FromCounts(
                    height, width, [.. segmentation.GetProperty("counts").EnumerateArray().Select(v => v.GetInt64())]),
        };
    }

    private static FoundObject Found(JsonElement d)
    {
        RleMask? mask = null;
        if (d.TryGetProperty("segmentation", out JsonElement s))
            mask = RleMask.Parse(
                s.GetProperty("size")[0].GetInt32(), s.GetProperty("size")[1].GetInt32(), s.GetProperty("counts").GetString());
        BoxXywh box = d.TryGetProperty("bbox", out JsonElement b) ? Box(b) : BoxXywh.From(mask!.BoundingBox);
        return new(
            d.GetProperty("image_id").GetInt64(), d.GetProperty("category_id").GetInt64(), d.GetProperty("score").GetDouble(),
            box, mask?.Area ?? box.Width * box.Height)
        { Mask = mask };
    }

    private static BoxXywh Box(JsonElement b) => new(b[0].GetDouble(), b[1].GetDouble(), b[2].GetDouble(), b[3].GetDouble());

    private static JsonDocument Json(string name) => JsonDocument.Parse(File.ReadAllText(Goldens.Path($"cocoeval/{name}")));
}
