using System.Globalization;

namespace RfDetr.Video;

/// <summary>Tells videos from images by what a user names as input.</summary>
public static class VideoInputs
{
    private static readonly HashSet<string> s_endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".m2v", ".wmv", ".flv", ".3gp",
        ".ogv", ".mjpg", ".mjpeg", ".m3u8", ".vob", ".h264", ".h265", ".hevc",
    };

    /// <summary>
    /// True for cameras, addresses of streams, and files and web addresses with a video's ending. Nothing is opened.
    /// </summary>
    public static bool IsVideo(string input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return IsLive(input) || s_endings.Contains(Path.GetExtension(input.Split('?')[0]));
    }

    /// <summary>True for cameras and addresses of streams.</summary>
    public static bool IsLive(string input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.StartsWith("camera:", StringComparison.OrdinalIgnoreCase)
            || VideoInput.StartsWith(input, VideoInput.LiveSchemes);
    }
}

/// <summary>Input as a user names it: a file, an address, a camera, standard input.</summary>
internal sealed class VideoInput
{
    /// <summary>Beginnings of addresses of streams.</summary>
    internal static readonly string[] LiveSchemes =
        ["rtsp://", "rtsps://", "rtmp://", "rtmps://", "srt://", "udp://", "rtp://", "tcp://"];
    private static readonly string[] s_web = ["http://", "https://"];

    private VideoInput(string name, string source, bool isLive, string[] arguments) =>
        (Name, Source, IsLive, Arguments) = (TextForMessages.Address(name), source, isLive, arguments);

    /// <summary>Standard input, or any other stream of bytes.</summary>
    public static VideoInput Bytes { get; } = new("standard input", "pipe:0", false, []);

    /// <summary>The name for messages, without a password.</summary>
    public string Name { get; }

    /// <summary>The name for ffmpeg.</summary>
    public string Source { get; }

    public bool IsLive { get; }

    /// <summary>Options for ffmpeg and ffprobe that belong before the input.</summary>
    public string[] Arguments { get; }

    /// <summary>True for addresses of the web, which may hold a whole video or one without end.</summary>
    public bool IsWeb => StartsWith(Source, s_web);

    /// <summary>The file; null if it is none.</summary>
    public string? File => Source.StartsWith("file:", StringComparison.Ordinal) ? Source["file:".Length..] : null;

    /// <summary>The same input, known to be live or not.</summary>
    public VideoInput As(bool live) => new(Name, Source, live, Arguments);

    /// <summary>Understands an input.</summary>
    /// <exception cref="ArgumentException">It is empty, or a camera without a number.</exception>
    /// <exception cref="VideoException">It is a file that does not exist.</exception>
    public static VideoInput Parse(string input)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(input);
        if (input == "-")
            return Bytes;
        if (input.StartsWith("camera:", StringComparison.OrdinalIgnoreCase))
            return Camera(input);
        if (StartsWith(input, LiveSchemes))
        {
            // UDP loses packets, and so parts of pictures.
            string[] transport = input.StartsWith("rtsp", StringComparison.OrdinalIgnoreCase) ? ["-rtsp_flags", "prefer_tcp"]
                : [];
            return new VideoInput(input, input, true, [.. transport, "-fflags", "nobuffer", "-flags", "low_delay"]);
        }

        if (StartsWith(input, s_web))
            return new VideoInput(input, input, input.Contains(".m3u8", StringComparison.OrdinalIgnoreCase), []);
        if (!System.IO.File.Exists(input))
            throw new VideoException(
                $"'{input}' does not exist. Expected a file, an address such as rtsp://…, camera:0, or - for standard input.");

        // A protocol in front keeps ffmpeg from reading "concat:…" and the like into a file's name.
        return new VideoInput(input, "file:" + input, false, []);
    }

    private static VideoInput Camera(string input)
    {
        string name = input["camera:".Length..];
        if (name.Length == 0)
            throw new ArgumentException($"'{input}' names no camera; write camera:0, or camera:NAME.");
        bool isNumber = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        if (OperatingSystem.IsMacOS())
            return new VideoInput(input, $"{name}:none", true, ["-f", "avfoundation", "-framerate", "30"]);
        if (OperatingSystem.IsWindows())
            return new VideoInput(input, $"video={name}", true, ["-f", "dshow"]);
        return new VideoInput(input, isNumber ? $"/dev/video{number}" : name, true, ["-f", "v4l2"]);
    }

    /// <summary>True if the input begins with one of these.</summary>
    internal static bool StartsWith(string input, string[] schemes) =>
        schemes.Any(s => input.StartsWith(s, StringComparison.OrdinalIgnoreCase));
}
