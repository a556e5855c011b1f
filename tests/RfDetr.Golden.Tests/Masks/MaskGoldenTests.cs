using System.Text.Json;

namespace RfDetr.Tests.Masks;

public sealed class MaskGoldenTests
{
    [Fact]
    public void Upsampled_values_are_bit_equal_to_the_reference()
    {
        SafetensorsGolden golden = SafetensorsGolden.Load("operators.safetensors");
        float[] logits = golden.Floats("mask.logits"), expected = golden.Floats("mask.upsampled");
        (int[] from, int[] to) = (golden.Shape("mask.logits"), golden.Shape("mask.upsampled"));
        for (int i = 0; i < from[0]; i++)
        {
            float[] values =
                MaskOracle.Upsample(logits.AsSpan(i * from[1] * from[2], from[1] * from[2]), from[1], from[2], to[1], to[2]);
            values.ShouldBe(expected[(i * values.Length)..((i + 1) * values.Length)]);
        }
    }

    [Fact]
    public void Decoded_masks_equal_the_reference_in_every_pixel()
    {
        SafetensorsGolden golden = SafetensorsGolden.Load("operators.safetensors");
        float[] logits = golden.Floats("mask.logits");
        byte[] expected = golden.Bytes("mask.binary");
        (int[] from, int[] to) = (golden.Shape("mask.logits"), golden.Shape("mask.binary"));
        var decoder = new MaskDecoder(from[1], from[2], to[1], to[2]);
        for (int i = 0; i < from[0]; i++)
        {
            RleMask mask = decoder.Decode(logits.AsSpan(i * from[1] * from[2], from[1] * from[2]));
            byte[] pixels = mask.Decode().Pixels.ToArray();
            pixels.ShouldBe(expected[(i * pixels.Length)..((i + 1) * pixels.Length)]);
        }
    }

    [Theory]
    [InlineData("seg-nano")]
    [InlineData("seg-medium")]
    [InlineData("seg-2xlarge")]
    public void Network_masks_decode_as_when_every_pixel_is_upsampled(string file)
    {
        SafetensorsGolden golden = SafetensorsGolden.Load($"forward/{file}.safetensors");
        int[] shape = golden.Shape("pred_masks.first8");
        float[] masks = golden.Floats("pred_masks.first8");
        var decoder = new MaskDecoder(shape[2], shape[3], 480, 640);
        for (int i = 0; i < shape[1]; i++)
        {
            ReadOnlySpan<float> logits = masks.AsSpan(i * shape[2] * shape[3], shape[2] * shape[3]);
            decoder.Decode(logits).ShouldBe(RleMask.Encode(MaskOracle.Decode(logits, shape[2], shape[3], 480, 640)));
        }
    }

    [Fact]
    public void Annotations_become_the_run_lengths_of_pycocotools()
    {
        using JsonDocument truth = Json("cocoeval/ground_truth.json");
        using JsonDocument expected = Json("cocoeval/masks_rle.json");
        var annotations =
            truth.RootElement.GetProperty("annotations").EnumerateArray().ToDictionary(a => a.GetProperty("id").GetInt32());
        int polygons = 0, runs = 0;
        foreach (JsonElement golden in expected.RootElement.EnumerateArray())
        {
            (int height, int width) = (golden.GetProperty("size")[0].GetInt32(), golden.GetProperty("size")[1].GetInt32());
            JsonElement segmentation = annotations[golden.GetProperty("annotation_id").GetInt32()].GetProperty("segmentation");
            RleMask mask;
            if (segmentation.ValueKind == JsonValueKind.Array)
            {
                polygons++;
                mask = RleMask.FromPolygons(
                    height, width,
                    segmentation.EnumerateArray().Select(p => p.EnumerateArray().Select(v => v.GetDouble()).ToArray()));
            }
            else
            {
                runs++;
                mask = RleMask.FromCounts(
                    height, width, [.. segmentation.GetProperty("counts").EnumerateArray().Select(v => v.GetInt64())]);
            }

            string text = golden.GetProperty("counts").GetString()!;
            mask.ToCompressedString().ShouldBe(text);
            RleMask.Parse(height, width, text).ShouldBe(mask);
            mask.Area.ShouldBe(golden.GetProperty("area").GetInt64());
            double[] box = [.. golden.GetProperty("bbox").EnumerateArray().Select(v => v.GetDouble())];
            mask.BoundingBox.ShouldBe(new PixelRect((int)box[0], (int)box[1], (int)box[2], (int)box[3]));
        }

        (polygons, runs).ShouldBe((37, 3));
    }

    [Fact]
    public void Detections_of_pycocotools_keep_their_text()
    {
        using JsonDocument detections = Json("cocoeval/detections_segm.json");
        int count = 0;
        foreach (JsonElement detection in detections.RootElement.EnumerateArray())
        {
            JsonElement segmentation = detection.GetProperty("segmentation");
            string text = segmentation.GetProperty("counts").GetString()!;
            JsonElement size = segmentation.GetProperty("size");
            RleMask mask = RleMask.Parse(size[0].GetInt32(), size[1].GetInt32(), text);
            mask.ToCompressedString().ShouldBe(text);
            RleMask.Encode(mask.Decode()).ShouldBe(mask);
            count++;
        }

        count.ShouldBeGreaterThan(50);
    }

    private static JsonDocument Json(string relative) => JsonDocument.Parse(File.ReadAllText(Goldens.Path(relative)));
}
