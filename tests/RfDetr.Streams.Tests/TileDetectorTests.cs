namespace RfDetr.Tests.Streams;

/// <summary>Tiles with the built-in model on a large image of small objects.</summary>
public sealed class TileDetectorTests : IDisposable
{
    private static readonly Lazy<Detector> s_detector = new(() => Detector.Load("demo"));

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Small_objects_are_found_by_tiles_and_only_once()
    {
        using Image image = Mosaic(5, 4);
        Detections whole = s_detector.Value.Detect(image);
        var options = new TileDetectorOptions { Tiles = new TileOptions { Width = 224, Height = 224 } };
        var tiles = new TileDetector(s_detector.Value, options);
        Detections found = tiles.Detect(image);

        found.Items.Count.ShouldBeGreaterThan(whole.Items.Count);
        (found.Width, found.Height).ShouldBe((image.Width, image.Height));

        // No two of a class lie on one another.
        for (int i = 0; i < found.Items.Count; i++)
        {
            for (int j = i + 1; j < found.Items.Count; j++)
            {
                if (found.Items[i].ClassId == found.Items[j].ClassId)
                    found.Items[i].Box.IoU(found.Items[j].Box).ShouldBeLessThan(0.6f);
            }
        }

        found.Items.ShouldAllBe(d => d.Mask == null || (d.Mask.Width == image.Width && d.Mask.Height == image.Height));
    }

    [Fact]
    public void The_automatic_choice_looks_at_tiles_only_where_small_objects_are()
    {
        var auto = new TileDetector(s_detector.Value, new TileDetectorOptions { Choice = TileChoice.WhereNeeded });
        using Image small = Mosaic(5, 4);
        Detections whole = s_detector.Value.Detect(small), found = auto.Detect(small);
        found.Items.Count.ShouldBeGreaterThan(whole.Items.Count);

        // Large objects need no closer look: one run, the detector's own result.
        using Image large = Enlarged(3);
        Detections all = s_detector.Value.Detect(large), chosen = auto.Detect(large);
        auto.TilesOf(large.Width, large.Height).Count.ShouldBeGreaterThan(1);
        chosen.Items.Select(d => (d.ClassId, d.Box)).ShouldBe(all.Items.Select(d => (d.ClassId, d.Box)));
    }

    [Fact]
    public void Batches_change_nothing()
    {
        using Image image = Mosaic(3, 2);
        var options = new TileDetectorOptions { Tiles = new TileOptions { Width = 224, Height = 224 }, Batch = 1 };
        Detections one = new TileDetector(s_detector.Value, options).Detect(image);
        Detections four = new TileDetector(s_detector.Value, options with { Batch = 4 }).Detect(image);

        four.Items.Select(d => (d.ClassId, Round(d.Box))).ShouldBe(one.Items.Select(d => (d.ClassId, Round(d.Box))));

        static (int, int, int, int) Round(BoxXyxy b) =>
            ((int)MathF.Round(b.X1), (int)MathF.Round(b.Y1), (int)MathF.Round(b.X2), (int)MathF.Round(b.Y2));
    }

    [Fact]
    public void Mistakes_are_refused()
    {
        using Image image = Mosaic(1, 1);
        Should.Throw<ArgumentException>(() => new TileDetector(s_detector.Value, new TileDetectorOptions { Batch = 0 }));
        Should.Throw<ArgumentException>(() => new TileDetector(s_detector.Value).Detect(
            image, new DetectOptions { Roi = new PixelRect(0, 0, 10, 10) })).Message.ShouldContain("exclude");
        Should.Throw<ArgumentException>(
            () => new TileDetector(s_detector.Value, new TileDetectorOptions { Tiles = new TileOptions { Width = 0 } }));
    }

    [Fact]
    public async Task The_command_line_takes_tiles_for_images()
    {
        using (Image image = Mosaic(4, 3))
            image.Save(_folder["mosaic.png"]);
        CliRun plain = await CliRun.Of("detect", _folder["mosaic.png"], "--json", "-");
        foreach (string[] tiles in (string[][])
        [
            ["--tiles", "224"], ["--tiles", "auto"],
            [
                "--tiles", "300x260", "--overlap", "64", "--merge", "nms", "--metric", "iou", "--seams", "keep",
                "--no-whole-image",
            ],
        ])
        {
            CliRun run = await CliRun.Of(["detect", _folder["mosaic.png"], "--json", "-", .. tiles]);
            run.Code.ShouldBe(0, run.Error);
            Count(run).ShouldBeGreaterThan(Count(plain), string.Join(' ', tiles));
        }

        (await CliRun.Of("detect", _folder["mosaic.png"], "--tiles", "3")).Code.ShouldBe(2);
        (await CliRun.Of("detect", _folder["mosaic.png"], "--tiles", "224", "--overlap", "1.5")).Code.ShouldBe(2);

        static int Count(CliRun run) => run.Json.GetProperty("images")[0].GetProperty("detections").GetArrayLength();
    }

    // Scenes of 224×224 side by side.
    private static Image Mosaic(int columns, int rows)
    {
        const int width = 224, height = 224;
        var generator = new SceneGenerator(Videos.Known(width));
        byte[] all = new byte[columns * width * rows * height * 3];
        for (int i = 0; i < columns * rows; i++)
        {
            byte[] scene = generator.Render(5, i, width, height).Rgb;
            int left = i % columns * width, top = i / columns * height;
            for (int y = 0; y < height; y++)
                scene.AsSpan(y * width * 3, width * 3).CopyTo(all.AsSpan(((top + y) * columns * width + left) * 3));
        }

        return Image.FromPixels(new PixelFrame(all, columns * width, rows * height, 0, PixelFormat.Rgb24));
    }

    private static Image Enlarged(int times)
    {
        int side = 224 * times;
        return Image.FromPixels(new PixelFrame(
            new SceneGenerator(Videos.Known(side)).Render(5, 0, side, side).Rgb, side, side, 0, PixelFormat.Rgb24));
    }

    public void Dispose() => _folder.Dispose();
}
