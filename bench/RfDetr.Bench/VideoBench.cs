using System.Diagnostics;
using RfDetr.Streams;
using RfDetr.Video;

namespace RfDetr.Bench;

/// <summary>
/// A video of 640×360 through a model, with everything drawn and written, against the network alone on the same frames
/// in memory; and tiles of 640 on an image of 3840×2160 against single runs. Rounds are interleaved.
/// </summary>
internal static class VideoBench
{
    private const int Width = 640, Height = 360, MostFrames = 300;

    /// <param name="rounds">Number of rounds.</param>
    /// <param name="model">Model; of one that is large 60 frames are enough.</param>
    /// <param name="threshold">Least score; high for weights that were never trained, or hundreds of boxes are drawn.</param>
    public static void Run(int rounds, string model, float threshold)
    {
        var options = new TrackOptions { Detect = new DetectOptions { ScoreThreshold = threshold } };
        using Detector detector = Detector.Load(model);
        if (model != "demo")
        {
            RunVideo(detector, options, "all cores for the network", rounds, frameCount: 60).GetAwaiter().GetResult();
            return;
        }

        RunVideo(detector, options, "all cores for the network", rounds).GetAwaiter().GetResult();

        // One core for the network and the others for the rest: shows whether reading, drawing and writing overlap with it, also
        // on a machine with two cores.
        using (Detector one = Detector.Load("demo", engine: new Engine.Cpu { Threads = 1 }))
            RunVideo(one, options, "one core for the network", rounds).GetAwaiter().GetResult();
        RunTiles(detector, rounds);
    }

    private static async Task RunVideo(
        Detector detector, TrackOptions options, string cores, int rounds, int frameCount = MostFrames)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"rfdetr-bench-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            string input = Path.Combine(folder, "in.mp4"), output = Path.Combine(folder, "out.mp4");
            List<byte[]> frames = [.. new ClipGenerator(new ClipOptions { Frames = frameCount }).Draw(3, 0, Width, Height)
                .Select(f => f.Rgb)];
            await using (var writer = VideoWriter.Create(input, Width, Height))
            {
                for (int i = 0; i < frameCount; i++)
                    await writer.WriteAsync(frames[i], TimeSpan.FromSeconds(i / 25.0));
                await writer.CompleteAsync();
            }

            Samples network = new("network alone"), whole = new("read, track, draw, write");
            for (int round = -1; round < rounds; round++)
            {
                double inference = 0;
                foreach (byte[] rgb in frames)
                    inference += detector.Detect(new PixelFrame(rgb, Width, Height, 0, PixelFormat.Rgb24)).Times.InferenceMs;

                VideoSource source = await VideoSource.OpenAsync(input);
                var analysis = new VideoAnalysis(detector, source, options);
                await using var video = new AnnotatedVideo(analysis, output);
                long start = Stopwatch.GetTimestamp();
                StreamSummary summary = await StreamRun.RunAsync(analysis, [video]);
                if (round < 0 || summary.Frames != frameCount)
                    continue;
                network.Add(inference / frameCount);
                whole.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / frameCount);
            }

            Console.WriteLine(
                $"\nvideo of {Width}×{Height} through {detector.Model.Name}, {frameCount} frames, {cores}, {rounds} rounds, "
                + "milliseconds per frame");
            Console.WriteLine(network);
            Console.WriteLine(whole);
            Console.WriteLine($"frame rate: {network.Median / whole.Median:F2} of the network's own");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void RunTiles(Detector detector, int rounds)
    {
        const int width = 3840, height = 2160;
        byte[] rgb = new SceneGenerator().Render(seed: 2, index: 0, width, height).Rgb;
        var options = new TileDetectorOptions { Tiles = new(), WholeImage = false };
        var tiles = new TileDetector(detector, options);
        int count = tiles.TilesOf(width, height).Count;
        Samples one = new("one run on a tile of 640×640"), all = new($"{count} tiles");
        for (int round = -1; round < rounds; round++)
        {
            double single = 0;
            var frame = new PixelFrame(rgb, width, height, 0, PixelFormat.Rgb24);
            foreach (PixelRect tile in tiles.TilesOf(width, height))
            {
                long start = Stopwatch.GetTimestamp();
                _ = detector.Detect(frame.Crop(tile.X, tile.Y, tile.Width, tile.Height));
                single += Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            long begin = Stopwatch.GetTimestamp();
            _ = tiles.Detect(frame);
            if (round < 0)
                continue;
            one.Add(single / count);
            all.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        Console.WriteLine($"\ntiles of 640 on {width}×{height}, {rounds} rounds, milliseconds");
        Console.WriteLine(one);
        Console.WriteLine(all);
        Console.WriteLine($"cost: {all.Median / (count * one.Median):F2} × number of tiles × one run");
    }
}
