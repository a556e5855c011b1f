using System.Text;
using System.Text.Json;
using RfDetr.Data;

namespace RfDetr.Tests.Results;

public sealed class ResultWriterTests
{
    // A frame of 7×6 pixels around a hole, in an image of 10×8; and a lone pixel, which has no area.
    private static readonly RleMask s_frame =
        RleMask.FromBox(8, 10, new BoxXyxy(1, 1, 8, 7)).Intersect(Not(RleMask.FromBox(8, 10, new BoxXyxy(3, 3, 6, 5))));

    private static readonly ModelInfo s_model = new()
    {
        Name = "m",
        Variant = "v",
        Classes = new ClassMap(4, [new ClassEntry(1, "a, \"b\"", 7), new ClassEntry(3, "c")], "test"),
        InputHeight = 32,
        InputWidth = 32,
        Heads = [Head.Boxes, Head.Masks],
        NumSelect = 10,
        ResizeRule = ResizeRule.Bilinear,
        Normalization = Normalization.ImageNet,
    };

    private static Detections Found { get; } = FoundObjects.All(
        10, 8,
        FoundObjects.One(new BoxXyxy(1, 1, 8.1f, 7), 0.1f, 1, "a, \"b\"", s_frame),
        FoundObjects.One(new BoxXyxy(float.NaN, 0, 1, 1), 0.05f, 3, "c", RleMask.FromBox(8, 10, new BoxXyxy(0, 0, 1, 1)))) with
    {
        Times = new StageTimes { DecodeMs = 1.23456, PreprocessMs = 2, InferenceMs = 3, PostprocessMs = 4 },
    };

    [Fact]
    public void Json_numbers_read_back_as_they_were()
    {
        JsonElement root =
            Written(stream => new DetectionJson(stream, s_model), ("x.png", Found), ("y.png", Found with { Items = [] }));
        root.GetProperty("model").GetProperty("classes").GetRawText().ShouldBe("""{"1":"a, \"b\"","3":"c"}""");
        JsonElement image = root.GetProperty("images")[0];
        JsonElement first = image.GetProperty("detections")[0];
        first.GetProperty("box").EnumerateArray().Select(v => v.GetSingle()).ShouldBe([1, 1, 8.1f, 7]);
        first.GetProperty("score").GetRawText().ShouldBe("0.1");
        image.GetProperty("detections")[1].GetProperty("box")[0].ValueKind.ShouldBe(JsonValueKind.Null);
        image.GetProperty("time_ms").GetProperty("decode").GetDouble().ShouldBe(1.235);
        root.GetProperty("images")[1].GetProperty("detections").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void Polygons_tell_holes_by_direction_and_leave_out_what_has_no_area()
    {
        JsonElement detections = Written(stream => new DetectionJson(stream, s_model), ("x.png", Found))
            .GetProperty("images")[0].GetProperty("detections");
        // 6×5 between the outermost centers; around the hole 4×3 less its four cut corners.
        double[] areas = [.. detections[0].GetProperty("polygons").EnumerateArray().Select(Shoelace)];
        areas.ShouldBe([30, -10], ignoreOrder: true, "clockwise outside (y down), counter-clockwise around the hole");
        detections[1].GetProperty("polygons").GetArrayLength().ShouldBe(0);
        RleMask.Parse(8, 10, detections[0].GetProperty("mask").GetProperty("counts").GetString()).ShouldBe(s_frame);
    }

    [Fact]
    public void Csv_quotes_what_needs_it()
    {
        var text = new StringWriter();
        using (var csv = new DetectionCsv(text, s_model))
        {
            csv.Write("dir/x,1.png", Found);
            csv.Complete();
        }

        string[] lines = text.ToString().Split('\n');
        lines[1].ShouldStartWith("\"dir/x,1.png\",10,8,1,\"a, \"\"b\"\"\",0.1,1,1,8.1,7,");
        lines.Length.ShouldBe(4);
        lines[3].ShouldBeEmpty();
    }

    [Fact]
    public void Coco_ids_come_from_names_and_the_data_set()
    {
        JsonElement[] entries =
        [
            .. Written(
                stream => new CocoResults(stream, s_model), ("a/1.png", Found), ("b/x.png", Found), ("000000000139.jpg", Found),
                ("c/1.png", Found)).EnumerateArray()
        ];
        entries.Where((_, i) => i % 2 == 0).Select(e => e.GetProperty("image_id").GetInt64()).ShouldBe([1, 2, 139, 3]);
        entries.Take(2)
            .Select(e => e.GetProperty("category_id").GetInt32()).ShouldBe([7, 3], "the data set's id where it is known");
        entries[0].GetProperty("bbox").EnumerateArray().Select(v => v.GetSingle()).ShouldBe([1, 1, 8.1f - 1, 6]);
        entries[2].GetProperty("file_name").GetString().ShouldBe("x.png");
        JsonElement[] known =
        [
            .. Written(stream => new CocoResults(stream, s_model, _ => 42), ("q.png", Found)).EnumerateArray()
        ];
        known[0].GetProperty("image_id").GetInt64().ShouldBe(42);
    }

    [Fact]
    public void A_coco_file_holds_boxes_or_masks_never_both()
    {
        JsonElement[] boxes = [.. Written(stream => new CocoResults(stream, s_model), ("1.png", Found)).EnumerateArray()];
        JsonElement[] masks =
        [
            .. Written(stream => new CocoResults(stream, s_model, masks: true), ("1.png", Found)).EnumerateArray()
        ];

        boxes.Select(Names).ShouldAllBe(names => names == "image_id category_id bbox score file_name");
        masks.Select(Names).ShouldAllBe(names => names == "image_id category_id segmentation score file_name");
        boxes.Select(b => b.GetProperty("score").GetRawText()).ShouldBe(["0.1", "0.05"]);
        RleMask.Parse(8, 10, masks[0].GetProperty("segmentation").GetProperty("counts").GetString()).ShouldBe(s_frame);
        Should.Throw<ArgumentException>(() => new CocoResults(Stream.Null, s_model with { Heads = [Head.Boxes] }, masks: true))
            .Message.ShouldContain("finds no masks");
    }

    [Fact]
    public void Detector_and_data_set_write_coco_results_alike()
    {
        using var folder = new TemporaryFolder();
        foreach (EvaluationKind kind in (EvaluationKind[])[EvaluationKind.Boxes, EvaluationKind.Masks])
        {
            Detections finite = Found with { Items = [Found.Items[0]] };
            using (FileStream stream = File.Create(folder["detector.json"]))
                Write(new CocoResults(stream, s_model, masks: kind == EvaluationKind.Masks), ("1.png", finite));
            Detection one = finite.Items[0];
            var box = new BoxXywh(one.Box.X1, one.Box.Y1, one.Box.Width, one.Box.Height);
            FoundJson.Write(folder["data.json"], [new FoundObject(1, 7, one.Score, box) { Mask = one.Mask }], kind);

            CocoDetection a = CocoFile.ReadResults(folder["detector.json"]).ShouldHaveSingleItem();
            CocoDetection b = CocoFile.ReadResults(folder["data.json"]).ShouldHaveSingleItem();
            (a.ImageId, a.CategoryId, (float)a.Score).ShouldBe((b.ImageId, b.CategoryId, (float)b.Score));
            (a.Box is null, a.Segmentation is null).ShouldBe((kind == EvaluationKind.Masks, kind == EvaluationKind.Boxes));
            (b.Box is null, b.Segmentation is null).ShouldBe((kind == EvaluationKind.Masks, kind == EvaluationKind.Boxes));
        }
    }

    [Fact]
    public void A_coco_file_of_masks_takes_no_detection_without_one()
    {
        using var results = new CocoResultWriter(Stream.Null, masks: true);

        Should.Throw<ArgumentException>(() =>
            results.Write(3, 1, [0, 0, 1, 1], 0.5, null)).Message.ShouldContain("image 3 has no mask");
    }

    private static string Names(JsonElement entry) => string.Join(' ', entry.EnumerateObject().Select(p => p.Name));

    [Fact]
    public void Yolo_labels_are_fractions_with_the_class_as_line_of_the_names()
    {
        using var folder = new TemporaryFolder();
        Write(
            new YoloLabels(folder["box"], s_model with { Heads = [Head.Boxes] }),
            ("p/x.png", Found with { Items = [Found.Items[0]] }), ("q/x.png", Found with { Items = [] }));
        File.ReadAllText(folder["box/labels/x.txt"]).ShouldBe("0 0.455 0.5 0.71 0.75\n");
        File.ReadAllText(folder["box/labels/q_x.txt"]).ShouldBeEmpty();
        File.ReadAllLines(folder["box/classes.txt"]).ShouldBe(["a, \"b\"", "c"]);
        Write(new YoloLabels(folder["mask"], s_model), ("x.png", Found));
        string[] numbers = File.ReadAllLines(folder["mask/labels/x.txt"]).ShouldHaveSingleItem().Split(' ');
        numbers[0].ShouldBe("0");
        numbers.Length.ShouldBe(9, "the outer border has four corners, the hole is left out");
        numbers[1..].ShouldContain("0.15", "column 1, half a pixel in, of 10");
    }

    private static JsonElement Written(Func<Stream, IResultWriter> make, params (string File, Detections Found)[] images)
    {
        using var stream = new MemoryStream();
        Write(make(stream), images);
        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement;
    }

    private static void Write(IResultWriter writer, params (string File, Detections Found)[] images)
    {
        using (writer)
        {
            foreach ((string file, Detections found) in images)
                writer.Write(file, found);
            writer.Complete();
        }
    }

    private static RleMask Not(RleMask mask)
    {
        BitMask pixels = mask.Decode();
        for (int y = 0; y < mask.Height; y++)
        {
            for (int x = 0; x < mask.Width; x++)
                pixels[y, x] = !pixels[y, x];
        }

        return RleMask.Encode(pixels);
    }

    private static double Shoelace(JsonElement polygon)
    {
        double[] v = [.. polygon.EnumerateArray().Select(n => n.GetDouble())];
        double twice = 0;
        for (int i = 0; i < v.Length; i += 2)
            twice += v[i] * v[(i + 3) % v.Length] - v[(i + 2) % v.Length] * v[i + 1];
        return twice / 2;
    }
}
