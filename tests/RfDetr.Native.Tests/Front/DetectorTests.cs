using System.Collections.Concurrent;
using RfDetr.Checkpoints;
using Xunit.Abstractions;

namespace RfDetr.Tests.Front;

/// <summary>
/// Behavior of <see cref="Detector"/> that a program sees: loading, one image, many, and many threads. Memory is measured for the
/// whole process, so no other test runs beside.
/// </summary>
[Collection(nameof(DetectorTests))]
[CollectionDefinition(nameof(DetectorTests), DisableParallelization = true)]
public sealed class DetectorTests(ITestOutputHelper output) : FrontTest
{
    [Fact]
    public void A_region_of_interest_gives_what_its_crop_gives_moved_back()
    {
        using Detector detector = Detector.Load(Model);
        using Image image = Image(1);
        var roi = new PixelRect(20, 10, 32, 24);
        DetectOptions options = Everything with { ClampBoxes = false };

        Detections part = detector.Detect(image.Frame.Crop(roi.X, roi.Y, roi.Width, roi.Height), options);
        Detections whole = detector.Detect(image, options with { Roi = roi });

        (whole.Width, whole.Height).ShouldBe((61, 43));
        part.Items.ShouldNotBeEmpty();
        whole.Items.Select(d => d.Box).ShouldBe(part.Items.Select(d => d.Box.Offset(roi.X, roi.Y)));
        whole.Items.Select(d => d.Score).ShouldBe(part.Items.Select(d => d.Score));
        whole.Items.Select(d => d.Mask!.ToCompressedString())
            .ShouldBe(part.Items.Select(d => d.Mask!.Place(roi.X, roi.Y, 43, 61).ToCompressedString()));
    }

    [Fact]
    public void Boxes_end_at_the_image_unless_they_shall_not()
    {
        using Detector detector = Detector.Load(Model);
        using Image image = Image(1);
        Detections free = detector.Detect(image, Everything with { ClampBoxes = false });
        Detections cut = detector.Detect(image, Everything);
        free.Items.ShouldContain(d => d.Box.X1 < 0 || d.Box.Y1 < 0 || d.Box.X2 > 61 || d.Box.Y2 > 43, "else nothing is shown");
        cut.Items.Select(d => d.Box).ShouldBe(free.Items.Select(d => d.Box.Clamp(61, 43)));
    }

    [Fact]
    public void Suppression_leaves_out_what_overlaps_a_better_box_of_its_class()
    {
        using Detector detector = Detector.Load(Model);
        using Image image = Image(2);
        Detections all = detector.Detect(image, Everything), few = detector.Detect(image, Everything with { NmsIoU = 0.3f });
        var expected = new List<Detection>();
        foreach (Detection d in all.Items)
        {
            if (!expected.Exists(better => better.ClassId == d.ClassId && IoU(better.Box, d.Box) > 0.3))
                expected.Add(d);
        }

        expected.Count.ShouldBeInRange(1, all.Items.Count - 1);
        Text(few with { Items = [.. few.Items] }).ShouldBe(Text(all with { Items = expected }));
    }

    [Fact]
    public void Masks_can_be_cut_off_at_their_boxes()
    {
        using Detector detector = Detector.Load(Model);
        using Image image = Image(1);
        Detections free = detector.Detect(image, Everything),
        cut = detector.Detect(image, Everything with { MasksInsideBox = true });
        free.Items.Count(d => !Inside(d)).ShouldBeGreaterThan(0, "else nothing is shown");
        cut.Items.Count(Inside).ShouldBe(cut.Items.Count);
        cut.Items.ShouldContain(d => d.Mask!.Area > 0);

        static bool Inside(Detection d)
        {
            PixelRect mask = d.Mask!.BoundingBox, box = d.Box.ToPixelRect(61, 43);
            return d.Mask.Area == 0
                || (mask.X >= box.X && mask.Y >= box.Y && mask.Right <= box.Right && mask.Bottom <= box.Bottom);
        }
    }

    [Fact]
    public void The_number_of_candidates_is_the_calls_then_the_loads_then_the_models()
    {
        using Image image = Image(1);
        using Detector plain = Detector.Load(Model), few = Detector.Load(Model, new ModelOptions { NumSelect = 11 });
        string[] all = Scores(plain.Detect(image, Everything));
        plain.Model.NumSelect.ShouldBe(30);
        all.Length.ShouldBeInRange(12, 30);
        Scores(few.Detect(image, Everything)).ShouldBe(Scores(plain.Detect(image, Everything with { NumSelect = 11 })));
        few.Detect(image, Everything).Items.Count.ShouldBeLessThanOrEqualTo(11);
        string[] three = Scores(few.Detect(image, Everything with { NumSelect = 3 }));
        three.Length.ShouldBeInRange(1, 3);
        three.ShouldBe(all[..three.Length]);

        static string[] Scores(Detections found) => [.. found.Items.Select(d => $"{d.ClassId} {d.Score:R}")];
    }

    [Theory]
    [InlineData(1, "1 thread")]
    [InlineData(3, "3 threads")]
    public void The_number_of_threads_reaches_the_engine(int threads, string expected)
    {
        using Detector detector = Detector.Load(Model, null, new Engine.Cpu { Threads = threads });
        detector.Model.Engine.ShouldContain(expected);
    }

    [Fact]
    public void Another_engine_keeps_what_the_model_means()
    {
        var meaning = new ModelOptions
        {
            ResizeRule = ResizeRule.BilinearAntialias,
            NumSelect = 7,
            ClassNames = ["x", "y", "z"],
            ClassOffset = 1,
            Weights = WeightSet.Averaged,
            InputSize = new ImageSize(32, 24),
            Quantization = QuantizationPolicy.None,
        };
        using Detector first = Detector.Load(
            FrontModel.Write(At("averaged.safetensors"), averaged: true), meaning, new Engine.Cpu { FixedBatch = 1 });
        using Detector second = first.WithEngine(new Engine.Cpu { Threads = 2 });
        using Image image = Image(1);

        Meaning(second.Model).ShouldBe(Meaning(first.Model));
        (first.Model.NumSelect, first.Model.ResizeRule, first.Model.InputHeight).ShouldBe((7, ResizeRule.BilinearAntialias, 32));
        second.Model.Classes.Entries.ShouldBe(first.Model.Classes.Entries);
        second.Options.ShouldBe(meaning);
        (second.Engine.Threads, second.Engine.FixedBatch).ShouldBe((2, null));
        ShouldAgree(second.Detect(image, Everything), first.Detect(image, Everything));

        static ModelInfo Meaning(ModelInfo model) =>
            model with { Engine = "", Heads = [], Classes = new ClassMap(1, [], ""), Warnings = [] };
    }

    [Fact]
    public void Every_overload_finds_the_same()
    {
        using Detector detector = Detector.Load(Model);
        string path = ImageFile(1);
        using Image image = Image(1);
        string expected = Text(detector.Detect(image, Everything));
        Text(detector.Detect(path, Everything)).ShouldBe(expected);
        Text(detector.Detect(File.ReadAllBytes(path), Everything)).ShouldBe(expected);
        Text(detector.Detect(image.Frame, Everything)).ShouldBe(expected);
    }

    [Fact]
    public async Task Asynchronous_calls_find_the_same()
    {
        using Detector detector = Detector.Load(Model);
        using Image image = Image(1);
        string expected = Text(detector.Detect(image, Everything));
        Text(await detector.DetectAsync(image, Everything)).ShouldBe(expected);
        Text(await detector.DetectAsync(ImageFile(1), Everything)).ShouldBe(expected);
        byte[] bytes = await File.ReadAllBytesAsync(ImageFile(1));
        Text(await detector.DetectAsync(bytes.AsMemory(), Everything)).ShouldBe(expected);
        await using var stream = new MemoryStream(bytes);
        Text(await detector.DetectAsync(stream, Everything)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public void A_batch_gives_each_image_its_own_result(int? fixedBatch)
    {
        using Detector detector = Detector.Load(Model, null, new Engine.Cpu { FixedBatch = fixedBatch });
        using Detector single = Detector.Load(Model);
        Image[] images = [.. Enumerable.Range(0, 5).Select(i => Image(i, 50 + i, 40))];
        Detections[] expected = [.. images.Select(i => single.Detect(i, Everything))];
        expected.Select(Text).Distinct().Count().ShouldBe(5, "images must differ to show something");
        IReadOnlyList<Detections> found = detector.Detect(images, Everything);
        found.Count.ShouldBe(5);
        for (int i = 0; i < 5; i++)
            ShouldAgree(found[i], expected[i]);
        foreach (Image image in images)
            image.Dispose();
    }

    [Fact]
    public void A_list_of_any_length_runs_in_the_preferred_size()
    {
        var batches = new ConcurrentBag<int>();
        Engine recording =
            new Engine.Custom(package => new RecordingEngine(new Engine.Cpu { Threads = 1 }.Start(package), batches));
        using Detector detector = Detector.Load(Model, null, recording);
        Image[] images = [.. Enumerable.Range(0, 50).Select(i => Image(i % 4))];
        detector.Detect(images, Everything).Count.ShouldBe(50);
        batches.ShouldAllBe(b => b == detector.PreferredBatch);
        batches.Count.ShouldBe(50);
        Array.ForEach(images, i => i.Dispose());
    }

    [Fact]
    public async Task A_source_is_a_file_bytes_or_a_stream_and_an_error_is_an_outcome()
    {
        using Detector detector = Detector.Load(Model);
        string file = ImageFile(1);
        byte[] bytes = await File.ReadAllBytesAsync(file);
        await using var stream = new MemoryStream(bytes);
        ImageSource[] sources =
        [
            new FileImage(file), new BytesImage(bytes, "bytes"), new FileImage(At("missing.bmp")),
            new StreamImage(stream, "stream")
        ];
        var outcomes = new List<(string Name, string? Found, Exception? Error)>();
        await foreach (ImageOutcome outcome in detector.DetectManyAsync(sources, Everything, new StreamOptions { Batch = 1 }))
            outcomes.Add((outcome.Source.Name, outcome.Result is { } found ? Text(found) : null, outcome.Error));

        outcomes.Select(o => o.Name).ShouldBe([file, "bytes", At("missing.bmp"), "stream"]);
        outcomes[2].Error.ShouldBeOfType<FileNotFoundException>();
        string expected = Text(detector.Detect(file, Everything));
        outcomes.Where(o => o.Error is null).Select(o => o.Found).ShouldBe([expected, expected, expected]);
    }

    [Fact]
    public async Task A_stream_that_is_left_early_leaves_no_image_behind()
    {
        using Detector detector = Detector.Load(Model);
        int opened = 0;
        string file = ImageFile(1);
        var seen = new List<Image>();
        await foreach (ImageOutcome outcome in detector.DetectManyAsync(Endless(), Everything, new StreamOptions { Ahead = 3 }))
        {
            _ = outcome.Image.ShouldNotBeNull().Frame;
            seen.Add(outcome.Image);
            if (seen.Count == 2)
                break;
        }

        seen.Select(IsDisposed).ShouldAllBe(
            gone => gone, "an image is given back when the next one is asked for, or the stream left");
        opened.ShouldBeInRange(2, 4, "no more than were asked for in advance");

        IEnumerable<ImageSource> Endless()
        {
            while (true)
            {
                opened++;
                yield return new FileImage(file);
            }
        }
    }

    private static bool IsDisposed(Image image)
    {
        try
        {
            return image.Frame.Width < 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    [Fact]
    public async Task An_answer_that_is_not_finite_is_the_error_of_that_image()
    {
        Engine broken = new Engine.Custom(package =>
            new RecordingEngine(new Engine.Cpu { Threads = 1 }.Start(package), []) { BreaksImage = 1 });
        using Detector detector = Detector.Load(Model, null, broken);
        var errors = new List<Exception?>();
        await foreach (ImageOutcome outcome in detector.DetectManyAsync(
            Enumerable.Range(0, 3).Select(ImageSource (i) => new FileImage(ImageFile(i))), Everything,
            new StreamOptions { Batch = 3 }))
            errors.Add(outcome.Error);
        (errors[0], errors[2]).ShouldBe((null, null));
        errors[1].ShouldBeOfType<NetworkOutputException>().Output.ShouldBe(OutputNames.Logits);
    }

    [Fact]
    public void Timings_reach_those_who_listen()
    {
        using Detector detector = Detector.Load(Model);
        using Image image = Image(1);
        var stages = new ConcurrentBag<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == Telemetry.SourceName)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => stages.Add($"{tags[0].Value}"));
        listener.Start();
        _ = detector.Detect(image);
        foreach (string stage in (string[])["preprocess", "inference", "postprocess"])
            stages.ShouldContain(stage);
    }

    [Fact]
    public void Results_are_saved_in_the_format_of_the_ending()
    {
        using Detector detector = Detector.Load(Model);
        using Image image = Image(1);
        Detections found = detector.Detect(image, Everything);
        found.Save(At("found.json"));
        found.Save(At("found.csv"));
        System.Text.Json.JsonDocument.Parse(File.ReadAllText(At("found.json"))).RootElement.GetProperty("detections")
            .GetArrayLength().ShouldBe(found.Items.Count);
        File.ReadAllLines(At("found.csv")).Length.ShouldBe(found.Items.Count + 1);
        Should.Throw<ArgumentException>(() => found.Save(At("found.xyz"))).Message.ShouldContain(".json or .csv");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Many_images_come_in_order(int batch)
    {
        using Detector detector = Detector.Load(Model);
        string[] paths = [.. Enumerable.Range(0, 8).Select(i => ImageFile(i))];
        var found = new List<Detections>();
        await foreach ((string path, Detections result) in detector.DetectManyAsync(paths, Everything, batch))
        {
            path.ShouldBe(paths[found.Count]);
            found.Add(result);
        }

        found.Count.ShouldBe(8);
        for (int i = 0; i < 8; i++)
            ShouldAgree(found[i], detector.Detect(paths[i], Everything));
    }

    [Fact]
    public async Task A_bad_image_ends_many_with_its_error_after_the_good_ones_before_it()
    {
        using Detector detector = Detector.Load(Model);
        await File.WriteAllTextAsync(At("bad.bmp"), "no image");
        int good = 0;
        ImageContentException e = await Should.ThrowAsync<ImageContentException>(async () =>
        {
            await foreach (
                (string _, Detections _) in detector.DetectManyAsync(
                    [ImageFile(0), ImageFile(1), At("bad.bmp"), ImageFile(2)], Everything))
                good++;
        });
        e.Message.ShouldContain("bad.bmp");
        good.ShouldBe(2);
    }

    [Fact]
    public void Weights_under_a_license_that_asks_are_refused_until_it_is_accepted()
    {
        string file = FrontModel.WriteShapes(At("weights.safetensors"), "xlarge");
        foreach (string model in (string[])["xlarge", file])
            Should.Throw<LicenseNotAcceptedException>(() => Detector.Load(model).Dispose()).License.Id.ShouldBe("PML-1.0");

        // Accepted, the next question is another one: what the 91 logits mean is known, and where the cache is.
        Exception? next = Record.Exception(() => Detector.Load("xlarge", new ModelOptions { AcceptLicense = true }).Dispose());
        next.ShouldNotBeOfType<LicenseNotAcceptedException>();
    }

    [Theory]
    [InlineData(EngineKind.Cpu)]
    [InlineData(EngineKind.OnnxRuntime)]
    public async Task One_detector_serves_many_threads_as_one_after_the_other(EngineKind engine)
    {
        using Detector detector = Detector.Load(Model, null, Of(engine));
        Image[] images = [.. Enumerable.Range(0, 6).Select(i => Image(i))];
        string[] expected = [.. images.Select(i => Text(detector.Detect(i, Everything)))];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(() =>
        {
            for (int i = 0; i < 60; i++)
                Text(detector.Detect(images[(i + caller) % 6], Everything)).ShouldBe(expected[(i + caller) % 6]);
        })));
        foreach (Image image in images)
            image.Dispose();
    }

    [Fact]
    public Task Many_threads_for_seconds_equal_one_and_take_no_more_memory() => ServeAsync(TimeSpan.FromSeconds(4));

    [Fact]
    [Trait("Duration", "Long")]
    public Task Many_threads_for_five_minutes_equal_one_and_take_no_more_memory() => ServeAsync(TimeSpan.FromMinutes(5));

    // From files on, so that decoding is a part of it.
    private async Task ServeAsync(TimeSpan period)
    {
        using Detector detector = Detector.Load(Model, null, Of(EngineKind.Cpu));
        string[] files = [.. Enumerable.Range(0, 6).Select(i => ImageFile(i, 200, 150))];
        string[] expected = [.. files.Select(f => Text(detector.Detect(f, Everything)))];
        long calls = 0, settled = 0;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(() =>
        {
            for (int i = caller; clock.Elapsed < period || i < 30; i++)
            {
                Text(detector.Detect(files[i % 6], Everything)).ShouldBe(expected[i % 6]);
                Interlocked.Increment(ref calls);
                if (clock.Elapsed > period / 4 && Interlocked.CompareExchange(ref settled, 1, 0) == 0)
                    Interlocked.Exchange(ref settled, Used());
            }
        })));

        long growth = Used() - settled;
        output.WriteLine(
            Invariant.Text($"{calls} calls in {clock.Elapsed.TotalSeconds:0} s, memory {growth / 1e6:+0.0;-0.0} MB"));
        settled.ShouldBeGreaterThan(1, "memory was looked at on the way");
        growth.ShouldBeLessThan(64L << 20);
    }

    // What the process holds after a collection.
    private static long Used()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    [Theory]
    [InlineData(EngineKind.Cpu)]
    [InlineData(EngineKind.OnnxRuntime)]
    public async Task Disposing_lets_calls_under_way_end_and_refuses_later_ones(EngineKind engine)
    {
        for (int round = 0; round < 5; round++)
        {
            Detector detector = Detector.Load(Model, null, Of(engine));
            using Image image = Image(1);
            string expected = Text(detector.Detect(image, Everything));
            var results = new ConcurrentBag<string>();
            using var begun = new CountdownEvent(3);
            Task[] callers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                begun.Signal();
                for (int i = 0; i < 10_000; i++)
                    results.Add(Text(detector.Detect(image, Everything)));
            }))];
            begun.Wait();
            detector.Dispose();
            detector.Dispose();
            foreach (Task caller in callers)
                await Should.ThrowAsync<ObjectDisposedException>(caller);
            results.ShouldAllBe(r => r == expected);
            Should.Throw<ObjectDisposedException>(() => detector.Detect(image));
        }
    }

    [Fact]
    public async Task A_thousand_images_need_no_more_memory_than_a_few()
    {
        using Detector detector = Detector.Load(Model);
        string[] paths = [.. Enumerable.Range(0, 4).Select(i => ImageFile(i, 600, 400))]; // 0.7 MB each as pixels
        long after100 = 0;
        int done = 0;
        await foreach (
            (string _, Detections _) in detector.DetectManyAsync(
                Enumerable.Range(0, 1000).Select(i => paths[i % 4]), Everything with { NumSelect = 1 }, 2))
        {
            if (++done == 100)
                after100 = Used();
        }

        done.ShouldBe(1000);
        (Used() - after100).ShouldBeLessThan(200L << 20, "900 images kept would be 650 MB");
    }

    private static Engine Of(EngineKind kind) =>
        kind == EngineKind.Cpu ? new Engine.Cpu { Threads = 1 } : new Engine.OnnxRuntime { Threads = 1 };

    // Sums run in another order in a batch of another size.
    private static void ShouldAgree(Detections actual, Detections expected)
    {
        (actual.Width, actual.Height).ShouldBe((expected.Width, expected.Height));
        actual.Items.Select(d => d.ClassId).ShouldBe(expected.Items.Select(d => d.ClassId));
        actual.Items.Select(d => d.Score).ShouldBe(expected.Items.Select(d => d.Score), 1e-4);
        actual.Items.Select(d => d.Box.X1).ShouldBe(expected.Items.Select(d => d.Box.X1), 1e-2);
        actual.Items.Select(d => d.Box.Y2).ShouldBe(expected.Items.Select(d => d.Box.Y2), 1e-2);
    }

    private static double IoU(BoxXyxy a, BoxXyxy b)
    {
        double width = Math.Min(a.X2, b.X2) - Math.Max(a.X1, b.X1), height = Math.Min(a.Y2, b.Y2) - Math.Max(a.Y1, b.Y1);
        double common = Math.Max(width, 0) * Math.Max(height, 0);
        return common / (((double)a.X2 - a.X1) * ((double)a.Y2 - a.Y1) + ((double)b.X2 - b.X1) * ((double)b.Y2 - b.Y1) - common);
    }
}
