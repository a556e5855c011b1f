using System.Text.Json;
using System.Text.Json.Nodes;
using RfDetr.Cli;
using RfDetr.Data;

namespace RfDetr.Tests.Trainer;

/// <summary><c>rfdetr eval --engine</c>: whatever runs the network, the answer is the same.</summary>
public sealed class EvalEngineTests
{
    [SkippableFact]
    public async Task LibtorchFindsWhatOnnxRuntimeFinds()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        TinyNetworks.Write(folder["m.safetensors"], SceneGenerator.ClassNames);

        _ = await Evaluate("onnxruntime");
        PlantTruth(Path.Combine(data, "valid", "_annotations.coco.json"), folder["onnxruntime"]);
        JsonElement torch = await Evaluate("libtorch"), onnx = await Evaluate("onnxruntime");

        torch.GetProperty("model").GetProperty("engine").GetString()!.ShouldStartWith("libtorch");
        onnx.GetProperty("model").GetProperty("engine").GetString()!.ShouldStartWith("ONNX Runtime");
        foreach (string kind in (string[])["bbox", "segm"])
        {
            double[] a = Numbers(torch.GetProperty(kind).GetProperty("stats")),
            b = Numbers(onnx.GetProperty(kind).GetProperty("stats"));
            for (int i = 0; i < a.Length; i++)
                a[i].ShouldBe(b[i], 1e-6, $"{kind}, number {i}");
            b[0].ShouldBeInRange(0.02, 0.98, "numbers at their ends say nothing");
        }

        CompareDetections(folder["libtorch"], folder["onnxruntime"]);

        async Task<JsonElement> Evaluate(string engine)
        {
            using StringWriter output = new(), error = new();
            int code = await CliApp.RunAsync(
                [
                    "eval", "--model", folder["m.safetensors"], "--data", data, "--split", "valid", "--engine", engine, "--batch",
                    "3", "--output", folder[engine], "--json", "-"
                ],
                output, error, Stream.Null);
            code.ShouldBe(0, error.ToString());
            return JsonDocument.Parse(output.ToString()).RootElement;
        }
    }

    [SkippableFact]
    public async Task LibtorchTakesCheckpointsInSinglePrecision()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        TinyNetworks.Write(folder["m.safetensors"], SceneGenerator.ClassNames);
        Exporter.Export(folder["m.safetensors"], folder["m.onnx"]);

        (
            await Refused("--model", folder["m.safetensors"], "--precision", "fp16"))
            .ShouldContain("--engine libtorch computes in fp32");
        (await Refused("--model", folder["m.onnx"])).ShouldContain("m.onnx' is an ONNX file, which only ONNX Runtime runs");
        (await Refused("--model", folder["m.safetensors"], "--resolution", "50x48")).ShouldContain("50");

        async Task<string> Refused(params string[] model)
        {
            using var error = new StringWriter();
            (
                await CliApp.RunAsync(
                    ["eval", .. model, "--data", data, "--engine", "libtorch"], TextWriter.Null, error, Stream.Null))
                .ShouldBe(2, error.ToString());
            return error.ToString();
        }
    }

    // The network is untrained: what it found with some of its scores, and boxes a little moved, is what it should have found.
    private static void PlantTruth(string annotations, string found)
    {
        JsonArray boxes = JsonNode.Parse(File.ReadAllText(Path.Combine(found, "detections.bbox.json")))!.AsArray();
        JsonArray masks = JsonNode.Parse(File.ReadAllText(Path.Combine(found, "detections.segm.json")))!.AsArray();
        var objects = new JsonArray();
        for (int i = 0; i < boxes.Count; i += 3)
        {
            double[] box = [.. boxes[i]!["bbox"]!.AsArray().Select(v => (double)v!)];
            objects.Add(new JsonObject
            {
                ["id"] = i + 1,
                ["image_id"] = (long)boxes[i]!["image_id"]!,
                ["category_id"] = (long)boxes[i]!["category_id"]!,
                ["bbox"] = new JsonArray(box[0] + i % 4, box[1], box[2], box[3]),
                ["area"] = box[2] * box[3],
                ["iscrowd"] = 0,
                ["segmentation"] = masks[i - i % 2]!["segmentation"]!.DeepClone(),
            });
        }

        JsonNode file = JsonNode.Parse(File.ReadAllText(annotations))!;
        file["annotations"] = objects;
        File.WriteAllText(annotations, file.ToJsonString());
    }

    private static void CompareDetections(string actual, string expected)
    {
        List<CocoDetection> left = [.. CocoFile.ReadResults(Path.Combine(actual, "detections.bbox.json"))];
        IReadOnlyList<CocoDetection> right = CocoFile.ReadResults(Path.Combine(expected, "detections.bbox.json"));
        left.Count.ShouldBe(right.Count);
        right.Count.ShouldBeGreaterThan(20);
        foreach (CocoDetection wanted in right)
        {
            int at = left.FindIndex(d => d.ImageId == wanted.ImageId && d.CategoryId == wanted.CategoryId
                && Math.Abs(d.Score - wanted.Score) < 1e-4 && Distance(d.Box!.Value, wanted.Box!.Value) < 1e-2);
            at.ShouldBeGreaterThanOrEqualTo(0, $"{wanted}");
            left.RemoveAt(at);
        }
    }

    // In pixels of images of 96×72: 1e-4 of their width.
    private static double Distance(in BoxXywh a, in BoxXywh b) =>
        Math.Max(
            Math.Max(Math.Abs(a.X - b.X), Math.Abs(a.Y - b.Y)),
            Math.Max(Math.Abs(a.Width - b.Width), Math.Abs(a.Height - b.Height)));

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetDouble())];
}
