using System.Diagnostics;

namespace RfDetr.Bench;

/// <summary>
/// Images per second of a folder, decoding included, beside those of the network alone: what is left of the network's rate when
/// images must be read for it. Ways are taken in turn, so that they share the machine's good and bad minutes.
/// </summary>
internal static class StreamBench
{
    private const int Images = 32;

    public static void Run(int rounds, string variant)
    {
        string model = variant == "nano" ? "demo" : variant;
        string folder = Directory.CreateTempSubdirectory("rfdetr-bench-").FullName;
        try
        {
            ImageSource[] sources = [.. Scenes(folder).Select(ImageSource (f) => new FileImage(f))];
            using Detector detector = Detector.Load(model);
            using Image image = Image.Load(sources[0].Name);
            (string Name, Func<double> Way)[] ways =
            [
                ("network alone", () => Network(detector, image)),
                ("one image at a time", () => Stream(detector, sources, 1)),
                ("stream, two at a time", () => Stream(detector, sources, 2)),
                ("stream, default", () => Stream(detector, sources, null)),
                ("stream, eight at a time", () => Stream(detector, sources, 8)),
            ];
            double[][] seconds = [.. ways.Select(_ => new double[rounds])], work = [.. ways.Select(_ => new double[rounds])];
            for (int round = -1; round < rounds; round++)
            {
                for (int i = 0; i < ways.Length; i++)
                {
                    double before = Machine.ProcessorSeconds();
                    double taken = ways[i].Way();
                    if (round >= 0)
                        (seconds[i][round], work[i][round]) = (taken, Machine.ProcessorSeconds() - before);
                }
            }

            Console.WriteLine(
                $"\nstream: {model}, {Images} JPEG files of 640×480, {detector.Model.Engine}, {rounds} interleaved rounds");
            for (int i = 0; i < ways.Length; i++)
            {
                double rate = Images / SampleStatistics.Median(seconds[i]);
                double ratio = SampleStatistics.Median([.. seconds[0].Zip(seconds[i], (alone, way) => alone / way)]);
                double perImage = 1000 * SampleStatistics.Median(work[i]) / Images;
                Console.WriteLine(
                    $"{ways[i].Name,-24} {rate,7:F1} images/s, {ratio:F3} of the network's rate (median of the rounds' ratios), "
                        + $"{perImage:F1} ms of processor time per image");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The runs of the network and nothing else.
    private static double Network(Detector detector, Image image) =>
        Enumerable.Range(0, Images).Sum(_ => detector.Detect(image).Times.InferenceMs) / 1000;

    private static double Stream(Detector detector, ImageSource[] sources, int? ahead)
    {
        long start = Stopwatch.GetTimestamp();
        int done = StreamAsync(detector, sources, ahead).GetAwaiter().GetResult();
        return done == Images
            ? Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new InvalidOperationException($"{done} of {Images} images were done");
    }

    private static async Task<int> StreamAsync(Detector detector, ImageSource[] sources, int? ahead)
    {
        int done = 0;
        var options = new StreamOptions { Batch = 1, Ahead = ahead };
        await foreach (ImageOutcome outcome in detector.DetectManyAsync(sources, null, options))
            done += outcome.Succeeded ? 1 : 0;
        return done;
    }

    private static IEnumerable<string> Scenes(string folder)
    {
        var generator = new SceneGenerator();
        for (int i = 0; i < Images; i++)
        {
            Scene scene = generator.Render(seed: 1, index: i, 640, 480);
            string file = Path.Combine(folder, $"scene-{i:00}.jpg");
            new PixelFrame(scene.Rgb, 640, 480, 0, PixelFormat.Rgb24).Save(file);
            yield return file;
        }
    }
}
