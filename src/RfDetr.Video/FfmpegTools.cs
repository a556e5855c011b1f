using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace RfDetr.Video;

/// <summary>The programs ffmpeg and ffprobe are not installed, or cannot be run.</summary>
public sealed class FfmpegMissingException : RfDetrException
{
    /// <summary>A reason, for a person.</summary>
    public FfmpegMissingException(string message)
        : base(message)
    {
    }

    /// <summary>A reason, and what brought it up.</summary>
    public FfmpegMissingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A video cannot be opened, read or written.</summary>
public sealed class VideoException : RfDetrException
{
    /// <summary>A reason, for a person.</summary>
    public VideoException(string message)
        : base(message)
    {
    }

    /// <summary>A reason, and what brought it up.</summary>
    public VideoException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// Finds the programs ffmpeg and ffprobe: by option, by the variable RFDETR_FFMPEG (a file or a folder), on PATH.
/// </summary>
internal sealed partial class FfmpegTools
{
    /// <summary>The environment variable that names ffmpeg or its folder.</summary>
    public const string Variable = "RFDETR_FFMPEG";

    // Frame rates are passed through with another option before this version.
    private static readonly Version s_fpsMode = new(5, 1);

    // Starting ffmpeg takes a tenth of a second of processor time, and a program that is there does not change: each is asked
    // once, and again when its file is another.
    private static readonly ConcurrentDictionary<(string Ffmpeg, DateTime Written, long Size), FfmpegTools> s_asked = new();

    private FfmpegTools(string ffmpeg, string ffprobe, string banner, IReadOnlySet<string> encoders)
    {
        Match number = VersionNumber().Match(banner);
        (Ffmpeg, Ffprobe, Banner, Encoders) = (ffmpeg, ffprobe, banner, encoders);
        Version = number.Success ? Version.Parse(number.Groups[1].Value) : new Version(99, 0);
    }

    /// <summary>Path of ffmpeg.</summary>
    public string Ffmpeg { get; }

    /// <summary>Path of ffprobe.</summary>
    public string Ffprobe { get; }

    /// <summary>Version of ffmpeg; 99.0 for a build from its sources without a number.</summary>
    public Version Version { get; }

    /// <summary>First line of <c>ffmpeg -version</c>.</summary>
    public string Banner { get; }

    /// <summary>Names of the encoders that this ffmpeg has.</summary>
    public IReadOnlySet<string> Encoders { get; }

    /// <summary>Options that hand frames on as they are, none doubled and none dropped.</summary>
    internal string[] Passthrough => Version >= s_fpsMode ? ["-fps_mode", "passthrough"] : ["-vsync", "0"];

    /// <summary>Finds the programs and asks for their version and encoders.</summary>
    /// <param name="path">File or folder; null to look in <see cref="Variable"/>, then on PATH.</param>
    /// <exception cref="FfmpegMissingException">They are not there, or do not run.</exception>
    public static FfmpegTools Find(string? path = null)
    {
        path ??= Environment.GetEnvironmentVariable(Variable);
        string[] folders = string.IsNullOrWhiteSpace(path)
            ? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            : [File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : path];
        string suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        string? folder = folders.FirstOrDefault(
            f => File.Exists(Path.Combine(f, "ffmpeg" + suffix)) && File.Exists(Path.Combine(f, "ffprobe" + suffix)));
        if (folder is null)
        {
            string where = string.IsNullOrWhiteSpace(path) ? "on PATH" : $"in '{path}'";
            throw new FfmpegMissingException(
                $"The programs ffmpeg and ffprobe, which read and write videos, were not found {where}. Install them (Debian: "
                    + $"apt-get install ffmpeg), "
                + $"or set {Variable} to the program or its folder.");
        }

        (string ffmpeg, string ffprobe) = (Path.Combine(folder, "ffmpeg" + suffix), Path.Combine(folder, "ffprobe" + suffix));
        var file = new FileInfo(ffmpeg);
        return s_asked.GetOrAdd((ffmpeg, file.LastWriteTimeUtc, file.Length), _ => Ask(ffmpeg, ffprobe));
    }

    // One call tells both: the list goes to standard output, the version to the other.
    private static FfmpegTools Ask(string ffmpeg, string ffprobe)
    {
        try
        {
            var start = new ProcessStartInfo(ffmpeg, ["-encoders"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> said = process.StandardError.ReadToEndAsync();
            string[] lines = process.StandardOutput.ReadToEnd().Split('\n');
            string banner = said.GetAwaiter().GetResult().Split('\n')[0].Trim();
            process.WaitForExit();
            if (!banner.StartsWith("ffmpeg version", StringComparison.Ordinal))
            {
                string first = TextForMessages.Line(banner.Length > 0 ? banner : lines[0].Trim());
                throw new FfmpegMissingException($"'{ffmpeg}' is not ffmpeg: it begins with '{first}'.");
            }

            // " V....D libx264   libx264 H.264 / AVC …"
            IEnumerable<string[]> words =
                lines.Select(l => l.Split((char[])[' ', '\r'], StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 1);
            return new FfmpegTools(ffmpeg, ffprobe, banner, words.Select(w => w[1]).ToHashSet(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new FfmpegMissingException($"'{ffmpeg}' cannot be run: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"ffmpeg version n?(\d+\.\d+)")]
    private static partial Regex VersionNumber();
}
