using System.Diagnostics;
using RfDetr.Tracking;

namespace RfDetr.Bench;

/// <summary>
/// Time per frame of every tracker with 100 moving objects of which a tenth is missed, and of the estimation of camera motion.
/// </summary>
internal static class TrackingBench
{
    private const int Objects = 100;
    private const int Frames = 600;
    private const int Width = 1920;
    private const int Height = 1080;

    public static void Run(int rounds)
    {
        TrackDetection[][] stream = Stream();
        (string Name, Func<Tracker> Create)[] trackers =
        [
            ("default", () => new DefaultTracker()),
            ("sort", () => new SortTracker()),
            ("bytetrack", () => new ByteTracker()),
            ("ocsort", () => new OcSortTracker()),
            ("botsort", () => new BotSortTracker()),
            ("supervision", () => new SupervisionByteTracker()),
            ("trackers-sort", () => new TrackersSortTracker()),
            ("trackers-bytetrack", () => new TrackersByteTracker()),
        ];
        Samples[] times = [.. trackers.Select(t => new Samples(t.Name))];
        long[] bytes = new long[trackers.Length];
        for (int round = 0; round < rounds; round++)
        {
            for (int t = 0; t < trackers.Length; t++)
            {
                Tracker tracker = trackers[t].Create();
                long before = GC.GetAllocatedBytesForCurrentThread();
                long start = Stopwatch.GetTimestamp();
                for (int f = 0; f < Frames; f++)
                    _ = tracker.Update(stream[f], TimeSpan.FromSeconds(f / 30.0));
                times[t].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / Frames);
                bytes[t] = (GC.GetAllocatedBytesForCurrentThread() - before) / Frames;
            }
        }

        Console.WriteLine($"\ntracking: {Objects} objects, {Frames} frames, {rounds} rounds, milliseconds per frame");
        for (int t = 0; t < trackers.Length; t++)
            Console.WriteLine($"{times[t]}  {bytes[t] / 1e3:F0} kB per frame");
        Console.WriteLine(Camera(rounds));
    }

    private static Samples Camera(int rounds)
    {
        byte[][] frames = [Texture(0), Texture(7)];
        var estimator = new CameraMotionEstimator();
        var time = new Samples($"camera motion of {Width}×{Height} gray");
        for (int i = 0; i < 4 * rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _ = estimator.Estimate(frames[i % 2], Width, Height, []);
            time.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return time;
    }

    private static TrackDetection[][] Stream()
    {
        var random = new Random(1);
        double[][] objects =
        [
            .. Enumerable.Range(0, Objects).Select(_ => (double[])
            [
                random.NextDouble() * Width, random.NextDouble() * Height, 30 + random.NextDouble() * 90,
                    40 + random.NextDouble() * 140,
                8 * (random.NextDouble() - 0.5), 8 * (random.NextDouble() - 0.5),
            ]),
        ];
        var stream = new TrackDetection[Frames][];
        for (int f = 0; f < Frames; f++)
        {
            var found = new List<TrackDetection>();
            foreach (double[] o in objects)
            {
                (o[4], o[5]) = (o[0] is > 0 and < Width ? o[4] : -o[4], o[1] is > 0 and < Height ? o[5] : -o[5]);
                (o[0], o[1]) = (o[0] + o[4], o[1] + o[5]);
                if (random.NextDouble() < 0.1)
                    continue;
                double x = o[0] + 3 * (random.NextDouble() - 0.5), y = o[1] + 3 * (random.NextDouble() - 0.5);
                var box = new BoxXyxy((float)(x - o[2] / 2), (float)(y - o[3] / 2), (float)(x + o[2] / 2), (float)(y + o[3] / 2));
                found.Add(new TrackDetection(box, (float)(0.3 + 0.65 * random.NextDouble())));
            }

            stream[f] = [.. found];
        }

        return stream;
    }

    private static byte[] Texture(int shift)
    {
        var pixels = new byte[Width * Height];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
                pixels[y * Width + x] = (byte)(128 + 40 * Math.Sin(
                    (x + shift) * 0.031) * Math.Cos(y * 0.027) + 40 * Math.Sin((x + shift) * 0.013 * y * 0.01));
        }

        return pixels;
    }
}
