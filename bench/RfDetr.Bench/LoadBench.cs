using System.Diagnostics;

namespace RfDetr.Bench;

/// <summary>
/// From opening a 120 MB checkpoint to the first detection, within one process (the first round includes the JIT).
/// </summary>
internal static class LoadBench
{
    public static void Run(int rounds)
    {
        using var checkpoint = FormulaCheckpoint.Write("nano");
        using Image image = Image.FromPixels(new PixelFrame(new byte[640 * 480 * 3], 640, 480, 0, PixelFormat.Rgb24));
        Console.WriteLine($"\nload: {new FileInfo(checkpoint.Path).Length / 1e6:F0} MB .pth to first detection");
        for (int i = 0; i < rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using Detector detector = Detector.Load(checkpoint.Path);
            double loaded = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            _ = detector.Detect(image);
            Console.WriteLine(
                $"round {i}: loaded after {loaded:F0} ms, first detection after "
                    + $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
        }
    }
}
