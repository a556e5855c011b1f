using System.Diagnostics;
using System.Text.Json;

namespace RfDetr.Tests.Streams;

/// <summary>
/// A short clip of drawn scenes that the built-in model knows, and others made from it with ffmpeg; tests are skipped where it is
/// missing.
/// </summary>
internal static class Videos
{
    public const int Width = 320, Height = 240, Frames = 24;

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

    private static readonly Lazy<Task<string>> s_clip = new(DrawAsync);

    public static FfmpegTools Tools
    {
        get
        {
            Skip.If(s_tools.Value is null, "ffmpeg is not installed");
            return s_tools.Value!;
        }
    }

    /// <summary>The clip: 24 frames of 320×240 at 12 frames per second, with sound.</summary>
    public static Task<string> ClipAsync()
    {
        _ = Tools;
        return s_clip.Value;
    }

    /// <summary>Scenes as the built-in model was trained on, for images of a width.</summary>
    public static SceneOptions Known(int width) => new()
    {
        Classes = ["ball", "cube", "cone", "ring", "star", "mug"],
        MinObjectSize = width * 60 / 224,
        MaxObjects = 5,
        MinVisibleFraction = 0.5,
    };

    /// <summary>Runs ffmpeg and fails with its messages.</summary>
    public static void Make(params string[] arguments) => Run(Tools.Ffmpeg, ["-hide_banner", "-v", "error", "-y", .. arguments]);

    /// <summary>The number of frames and the length of a video, as ffprobe counts them.</summary>
    public static (int Frames, double Seconds, string? Sound) Measure(string path)
    {
        string json = Run(
            Tools.Ffprobe, ["-v", "error", "-count_frames", "-of", "json", "-show_streams", path]);
        JsonElement[] streams = [.. JsonDocument.Parse(json).RootElement.GetProperty("streams").EnumerateArray()];
        JsonElement video = streams.First(s => s.GetProperty("codec_type").GetString() == "video");
        string? sound = streams.Where(s => s.GetProperty("codec_type").GetString() == "audio")
            .Select(s => s.GetProperty("codec_name").GetString()).FirstOrDefault();
        double seconds = video.TryGetProperty("duration", out JsonElement duration)
            ? double.Parse(duration.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : double.NaN;
        return (int.Parse(video.GetProperty("nb_read_frames").GetString()!, System.Globalization.CultureInfo.InvariantCulture),
            seconds, sound);
    }

    public static string Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors.Result);
        return output;
    }

    private static async Task<string> DrawAsync()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"rfdetr-clips-{Environment.ProcessId}");
        _ = Directory.CreateDirectory(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string silent = Path.Combine(folder, "silent.mp4"), clip = Path.Combine(folder, "clip.mp4");
        var generator = new ClipGenerator(new ClipOptions { Frames = Frames, FramesPerSecond = 12, Scene = Known(Width) });
        await using (var writer = VideoWriter.Create(silent, Width, Height, new VideoWriterOptions { Quality = 12 }))
        {
            foreach (ClipFrame frame in generator.Draw(7, 3, Width, Height))
                await writer.WriteAsync(frame.Rgb, frame.Time);
            await writer.CompleteAsync();
        }

        Make("-i", silent, "-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-map", "0:v", "-map", "1:a", "-c:v", "copy",
            "-c:a", "aac", clip);
        return clip;
    }
}
