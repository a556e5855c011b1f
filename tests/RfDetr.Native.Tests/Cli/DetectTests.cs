using System.Diagnostics;
using System.Text;
using System.Text.Json;
using RfDetr.Tests.Images;

namespace RfDetr.Tests.Cli;

/// <summary><c>detect</c> with the demonstration model, whose findings mean nothing but never change.</summary>
public sealed class DetectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _image = Goldens.Path("images/reference.png");

    public DetectTests()
    {
        Directory.CreateDirectory(_folder["in/deep"]);
        File.Copy(_image, _folder["in/b.png"]);
        File.Copy(Goldens.Path("images/baseline.jpg"), _folder["in/a.jpg"]);
        File.Copy(Goldens.Path("images/palette.png"), _folder["in/deep/b.png"]);
        File.WriteAllText(_folder["in/notes.txt"], "no image");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_json_has_exactly_the_promised_shape()
    {
        JsonElement root = await Json(_image);
        Names(root).ShouldBe(["model", "images"]);
        Names(root.GetProperty("model")).ShouldBe(["name", "variant", "classes"]);
        JsonElement image = root.GetProperty("images")[0];
        Names(image).ShouldBe(["file", "width", "height", "detections", "time_ms"]);
        Names(image.GetProperty("time_ms")).ShouldBe(["decode", "preprocess", "inference", "postprocess"]);
        image.GetProperty("file").GetString().ShouldBe(_image);
        JsonElement[] detections = [.. image.GetProperty("detections").EnumerateArray()];
        detections.ShouldNotBeEmpty();
        foreach (JsonElement detection in detections)
        {
            Names(detection).ShouldBe(["box", "score", "class_id", "class_name", "mask", "polygons"]);
            detection.GetProperty("box").GetArrayLength().ShouldBe(4);
            root.GetProperty("model")
                .GetProperty("classes").GetProperty($"{detection.GetProperty("class_id").GetInt32()}").GetString()
                .ShouldBe(detection.GetProperty("class_name").GetString());
            MaskOf(detection).ShouldSatisfyAllConditions(m => m.Height.ShouldBe(61), m => m.Width.ShouldBe(97));
        }

        Scores(image).ShouldBe(Scores(image).OrderDescending());
    }

    [SkippableFact]
    public async Task A_name_that_is_not_UTF_8_is_called_so_wherever_a_file_has_it()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "other systems have no such names");
        await Shell("""for e in jpg xml pth; do cp "$0" "$1/$(printf "caf\\351.$e")"; done""");
        string odd = _folder["in/deep/caf\uFFFD"];

        CliRun run = await CliRun.Of("detect", _folder["in/deep"], "--json", "-");

        run.Code.ShouldBe(1);
        run.Error.ShouldContain("name is not UTF-8; rename it");
        run.Error.ShouldNotContain("Could not find");
        Files(run.Json).Length.ShouldBe(2);
        run = await CliRun.Of("detect", _image, "--model", odd + ".pth");
        run.Error.ShouldContain("name is not UTF-8; rename it");
        Should.Throw<Data.DataSetFormatException>(() => Data.VocAnnotation.Read(odd + ".xml")).Message.ShouldContain("not UTF-8");
        await Shell("""rm "$1"/caf*"""); // nothing of .NET can

        async Task Shell(string script)
        {
            using Process shell = Process.Start("/bin/sh", ["-c", script, _folder["in/a.jpg"], _folder["in/deep"]]);
            await shell.WaitForExitAsync();
            shell.ExitCode.ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_redirect_to_a_file_is_the_error_of_its_image_and_the_next_one_is_done()
    {
        await using var bad = new OneAnswerServer(
            "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
        byte[] png = await File.ReadAllBytesAsync(_image);
        await using var good = new OneAnswerServer(
            [
                .. Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\nContent-Length: {png.Length}\r\nConnection: close\r\n\r\n"),
                .. png
            ]);

        CliRun run = await CliRun.Of("detect", $"{bad.Address}", $"{good.Address}", "--json", "-");

        run.Code.ShouldBe(1);
        run.Error.ShouldContain("redirects to 'file:///etc/hostname'");
        run.Error.ShouldNotContain("internal error");
        JsonElement[] images = [.. run.Json.GetProperty("images").EnumerateArray()];
        images.Select(i => i.TryGetProperty("error", out _)).ShouldBe([true, false]);
        images[1].GetProperty("width").GetInt32().ShouldBe(97);
    }

    [Theory]
    [InlineData("in", new[] { "a.jpg", "b.png" })]
    [InlineData("in/*.png", new[] { "b.png" })]
    [InlineData("in/**/*.png", new[] { "b.png", "deep/b.png" })]
    [InlineData("in/?.jpg", new[] { "a.jpg" })]
    public async Task Folders_and_patterns_become_their_images(string input, string[] expected)
    {
        JsonElement root = await Json(_folder[input]);
        Files(root).ShouldBe(expected.Select(e => _folder[$"in/{e}"]), ignoreOrder: false);
    }

    [Fact]
    public async Task Recursive_searches_folders_to_their_depth() =>
        Files(await Json(_folder["in"], "--recursive")).Length.ShouldBe(3);

    [Fact]
    public async Task Standard_input_address_and_file_give_the_same()
    {
        byte[] bytes = await File.ReadAllBytesAsync(_image);
        await using var server = new OneAnswerServer(
            [
                .. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n\r\n"),
                .. bytes
            ]);
        CliRun run = await CliRun.Of(
            new MemoryStream(bytes), ["detect", _image, "-", server.Address.ToString(), "--json", "-", "--batch", "2"]);
        run.Code.ShouldBe(0, run.Error);
        JsonElement[] images = [.. run.Json.GetProperty("images").EnumerateArray()];
        images.Select(i => i.GetProperty("file").GetString()).ShouldBe([_image, "-", server.Address.ToString()]);
        foreach (JsonElement image in images)
            Scores(image).ShouldBe(Scores(images[0]), 1e-4);
    }

    [Fact]
    public async Task A_bad_image_among_good_ones_is_told_and_the_others_are_done()
    {
        string bad = Goldens.Path("images/truncated.jpg"), missing = _folder["missing.jpg"];
        CliRun run = await CliRun.Of("detect", _image, bad, missing, _folder["in/a.jpg"], "--json", "-", "--batch", "3");
        run.Code.ShouldBe(1);
        JsonElement[] images = [.. run.Json.GetProperty("images").EnumerateArray()];
        images.Select(i => i.TryGetProperty("error", out _)).ShouldBe([false, true, true, false]);
        Names(images[1]).ShouldBe(["file", "error"]);
        run.Error.ShouldContain("truncated.jpg");
        run.Error.ShouldContain("missing.jpg");
    }

    [Fact]
    public async Task Thresholds_and_classes_filter()
    {
        JsonElement all = (await Json(_image, "--threshold", "0.3")).GetProperty("images")[0];
        string[] names =
        [
            .. all.GetProperty("detections").EnumerateArray().Select(d => d.GetProperty("class_name").GetString()!)
        ];
        string most = names.CountBy(n => n).MaxBy(c => c.Value).Key;
        names.Distinct().Count().ShouldBeGreaterThan(1);

        JsonElement kept = (await Json(_image, "--threshold", "0.3", "--classes", most)).GetProperty("images")[0];
        kept.GetProperty("detections").GetArrayLength().ShouldBe(names.Count(n => n == most));
        JsonElement others =
            (await Json(_image, "--threshold", "0.3", "--class-threshold", $"{most}=1")).GetProperty("images")[0];
        others.GetProperty("detections").GetArrayLength().ShouldBe(names.Count(n => n != most));
        JsonElement high = (await Json(_image, "--threshold", "0.6")).GetProperty("images")[0];
        Scores(high).ShouldBe(Scores(all).Where(s => s > 0.6f));
    }

    [Fact]
    public async Task A_region_of_interest_bounds_the_masks_and_keeps_whole_image_pixels()
    {
        JsonElement image = (await Json(_image, "--roi", "40,20,50,40", "--threshold", "0.3")).GetProperty("images")[0];
        (image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32()).ShouldBe((97, 61));
        RleMask[] masks = [.. image.GetProperty("detections").EnumerateArray().Select(MaskOf).Where(m => m.Area > 0)];
        masks.ShouldNotBeEmpty();
        foreach (RleMask mask in masks)
        {
            PixelRect box = mask.BoundingBox;
            (box.X >= 40 && box.Y >= 20 && box.Right <= 90 && box.Bottom <= 60).ShouldBeTrue($"{box}");
        }

        CliRun outside = await CliRun.Of("detect", _image, "--roi", "40,20,58,40", "--json", "-");
        outside.Code.ShouldBe(1);
        outside.Error.ShouldContain("97×61");
    }

    [Fact]
    public async Task Annotated_images_of_one_name_do_not_collide_and_keep_their_format()
    {
        CliRun run = await CliRun.Of(
            "detect", _folder["in"], Goldens.Path("images/picture.gif"), "--recursive", "--output", _folder["out"]);
        run.Code.ShouldBe(0, run.Error);
        Directory.GetFiles(_folder["out"])
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)
            .ShouldBe(["a.jpg", "b.png", "deep_b.png", "picture.png"]);
        ImageInfo.Read(_folder["out/a.jpg"]).Format.ShouldBe(ImageFormat.Jpeg);
        using Image before = Image.Load(_image), after = Image.Load(_folder["out/b.png"]);
        (after.Width, after.Height).ShouldBe((before.Width, before.Height));
        after.Frame.Data.SequenceEqual(before.Frame.Data).ShouldBeFalse("something must be drawn");
    }

    [Fact]
    public async Task Inputs_are_never_overwritten()
    {
        byte[] before = await File.ReadAllBytesAsync(_folder["in/b.png"]);
        CliRun run = await CliRun.Of("detect", _folder["in/b.png"], "--output", _folder["in"]);
        run.Code.ShouldBe(2);
        run.Error.ShouldContain("holds the input");
        (await File.ReadAllBytesAsync(_folder["in/b.png"])).ShouldBe(before);
    }

    [Fact]
    public async Task Crops_are_the_boxes()
    {
        JsonElement root = await Json(_image, "--save-crops", "--output", _folder["out"], "--no-images", "--threshold", "0.6");
        JsonElement[] detections = [.. root.GetProperty("images")[0].GetProperty("detections").EnumerateArray()];
        detections.ShouldNotBeEmpty();
        float[] box = [.. detections[0].GetProperty("box").EnumerateArray().Select(v => v.GetSingle())];
        PixelRect pixels = new BoxXyxy(box[0], box[1], box[2], box[3]).ToPixelRect(97, 61);
        ImageInfo crop =
            ImageInfo.Read(_folder[$"out/crops/reference_001_{detections[0].GetProperty("class_name").GetString()}.png"]);
        (crop.Width, crop.Height).ShouldBe((pixels.Width, pixels.Height));
        Directory.GetFiles(_folder["out"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_format_tells_the_same_objects()
    {
        JsonElement root = await Json(
            _folder["in"], "--output", _folder["out"], "--no-images", "--format", "csv", "--format", "coco", "--format", "yolo",
            "--format", "json");
        JsonElement[] all =
        [
            .. root.GetProperty("images").EnumerateArray().SelectMany(i => i.GetProperty("detections").EnumerateArray())
        ];
        JsonDocument.Parse(File.ReadAllText(_folder["out/detections.json"])).RootElement.GetProperty("images")
            .GetArrayLength().ShouldBe(2);
        string[] lines = File.ReadAllLines(_folder["out/detections.csv"]);
        lines[0].ShouldBe("file,width,height,class_id,class_name,score,x1,y1,x2,y2,mask");
        lines.Length.ShouldBe(all.Length + 1);
        JsonElement[] coco =
        [
            .. JsonDocument.Parse(File.ReadAllText(_folder["out/coco_results.json"])).RootElement.EnumerateArray()
        ];
        coco.Select(c => c.GetProperty("score").GetSingle()).ShouldBe(all.Select(d => d.GetProperty("score").GetSingle()));
        JsonElement[] masks =
        [
            .. JsonDocument.Parse(File.ReadAllText(_folder["out/coco_results.segm.json"])).RootElement.EnumerateArray()
        ];
        masks.Select(c => c.GetProperty("segmentation").GetRawText()).ShouldBe(
            all.Select(d => d.GetProperty("mask").GetRawText()));
        coco.SelectMany(c => c.EnumerateObject())
            .Select(p => p.Name).ShouldNotContain("segmentation", "a file holds boxes or masks");
        int withOutline = all.Count(d => d.GetProperty("polygons").GetArrayLength() > 0);
        (
            File.ReadAllLines(_folder["out/labels/a.txt"]).Length + File.ReadAllLines(_folder["out/labels/b.txt"]).Length)
            .ShouldBe(withOutline);
        File.ReadAllLines(_folder["out/classes.txt"])[0].ShouldBe("ball");
    }

    private static async Task<JsonElement> Json(params string[] args)
    {
        CliRun run = await CliRun.Of(["detect", .. args, "--json", "-"]);
        run.Code.ShouldBe(0, run.Error);
        return run.Json;
    }

    private static string[] Names(JsonElement item) => [.. item.EnumerateObject().Select(p => p.Name)];

    private static string[] Files(JsonElement root) =>
        [.. root.GetProperty("images").EnumerateArray().Select(i => i.GetProperty("file").GetString()!)];

    private static float[] Scores(JsonElement image) =>
        [.. image.GetProperty("detections").EnumerateArray().Select(d => d.GetProperty("score").GetSingle())];

    private static RleMask MaskOf(JsonElement detection)
    {
        JsonElement mask = detection.GetProperty("mask");
        return RleMask.Parse(
            mask.GetProperty("size")[0].GetInt32(), mask.GetProperty("size")[1].GetInt32(),
            mask.GetProperty("counts").GetString());
    }
}
