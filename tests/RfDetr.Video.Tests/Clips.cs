using System.Diagnostics;
using RfDetr.Video;

namespace RfDetr.Tests.Video;

/// <summary>Test videos, made with ffmpeg itself; tests are skipped where it is missing.</summary>
internal static class Clips
{
    private static readonly Lazy<FfmpegTools?> s_tools = new(() =>
    {
        try
        {
            return FfmpegTools.Find();
        }
        catch (FfmpegMissingException)
        {
            return null;
        }
    });

    public static FfmpegTools Tools
    {
        get
        {
            Skip.If(s_tools.Value is null, "ffmpeg is not installed");
            return s_tools.Value!;
        }
    }

    /// <summary>Runs ffmpeg and fails with its messages.</summary>
    public static void Make(params string[] arguments)
    {
        var start = new ProcessStartInfo(Tools.Ffmpeg,
            ["-hide_banner", "-v", "error", "-y", .. arguments])
        { RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors);
    }

    /// <summary>A moving test picture.</summary>
    public static string[] Picture(int width, int height, string rate, int frames) =>
        ["-f", "lavfi", "-i", Invariant.Text(
            $"testsrc=size={width}x{height}:rate={rate}"), "-frames:v", Invariant.Text($"{frames}")];

    /// <summary>Reads everything: times, sizes, and one checksum per frame.</summary>
    public static async Task<List<(TimeSpan Time, int Width, int Height, int Sum)>> ReadAsync(VideoSource source)
    {
        var frames = new List<(TimeSpan, int, int, int)>();
        await foreach (VideoFrame frame in source.ReadAsync())
        {
            using (frame)
            {
                frame.Index.ShouldBe(frames.Count);
                int sum = 0;
                foreach (byte b in frame.Rgb.Span)
                    sum = unchecked(sum * 31 + b);
                frames.Add((frame.Time, frame.Width, frame.Height, sum));
            }
        }

        return frames;
    }
}
