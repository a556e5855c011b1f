using System.Text.Json;

namespace RfDetr.Tests.Cli;

/// <summary>From a checkpoint as rf-detr saves it and images to <c>--json</c>, against the reference's own detections.</summary>
public sealed class EndToEndTests(GoldenCheckpoints checkpoints) : IClassFixture<GoldenCheckpoints>
{
    private const float Threshold = 0.05f;
    private const int Images = 3;

    private sealed record Found(float Score, int ClassId, float[] Box, RleMask? Mask);

    [Theory]
    [InlineData("det", "off", 1)]
    [InlineData("det", "on", 3)]
    [InlineData("seg", "off", 2)]
    [InlineData("seg", "on", 1)]
    public async Task Detect_gives_the_references_detections(string kind, string antialias, int batch)
    {
        foreach (string checkpoint in checkpoints.Of(kind))
        {
            string[] images = [.. Enumerable.Range(0, Images).Select(i => Goldens.Path($"cli/picture{i}.png"))];
            CliRun run = await CliRun.Of(
                [
                    "detect", .. images, "--model", checkpoint, "--threshold", "0.05", "--resize-antialias", antialias, "--batch",
                    $"{batch}", "--json", "-"
                ]);
            run.Code.ShouldBe(0, run.Error);
            run.Json.GetProperty("model")
                .GetProperty("classes").GetRawText().ShouldBe("""{"1":"alpha","2":"beta","3":"gamma"}""");
            using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(Goldens.Path($"cli/{kind}.expected.json")));
            for (int i = 0; i < Images; i++)
            {
                JsonElement expected = reference.RootElement.GetProperty($"antialias_{antialias}")[i];
                Compare(
                    Read(run.Json.GetProperty("images")[i].GetProperty("detections")),
                    [.. Read(expected).Where(d => d.ClassId != 0 && d.Score > Threshold)], kind == "seg");
            }
        }
    }

    // Scores nearer than float noise may change places, so each expected detection looks for its partner.
    private static void Compare(List<Found> actual, List<Found> expected, bool masks)
    {
        actual.Count.ShouldBe(expected.Count);
        actual.Select(d => d.Score).ShouldBe(actual.Select(d => d.Score).OrderDescending());
        foreach (Found wanted in expected)
        {
            int at = actual.FindIndex(d => d.ClassId == wanted.ClassId && Math.Abs(d.Score - wanted.Score) <= 2e-3f
                && d.Box.Zip(wanted.Box).All(pair => Math.Abs(pair.First - pair.Second) <= 0.5f)
                && (wanted.Mask is null || IoU(d.Mask!, wanted.Mask) >= 0.98));
            at.ShouldBeGreaterThanOrEqualTo(
                0, $"nothing matches class {wanted.ClassId}, score {wanted.Score}, box {string.Join(", ", wanted.Box)}");
            (actual[at].Mask is not null).ShouldBe(masks);
            actual.RemoveAt(at);
        }
    }

    private static double IoU(RleMask a, RleMask b) => a.Area + b.Area == 0 ? 1 : a.IntersectionArea(b) / (double)a.Union(b).Area;

    private static List<Found> Read(JsonElement list) => [.. list.EnumerateArray().Select(d => new Found(
        d.GetProperty("score").GetSingle(), d.GetProperty("class_id").GetInt32(),
        [.. d.GetProperty("box").EnumerateArray().Select(v => v.GetSingle())],
        d.TryGetProperty("mask", out JsonElement m)
            ? RleMask.Parse(
                m.GetProperty("size")[0].GetInt32(), m.GetProperty("size")[1].GetInt32(), m.GetProperty("counts").GetString())
            : null))];
}
