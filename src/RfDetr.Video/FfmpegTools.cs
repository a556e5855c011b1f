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

    private FfmpegTools(string ffmpeg, string ffprobe, Version version, string banner) =>
        (Ffmpeg, Ffprobe, Version, Banner) = (ffmpeg, ffprobe, version, banner);

    /// <summary>Path of ffmpeg.</summary>
    public string Ffmpeg { get; }

    /// <summary>Path of ffprobe.</summary>
    public string Ffprobe { get; }

    /// <summary>Version of ffmpeg; 99.0 for a build from its sources without a number.</summary>
    public Version Version { get; }

    /// <summary>First line of <c>ffmpeg -version</c>.</summary>
    public string Banner { get; }

    /// <summary>Options that hand frames on as they are, none doubled and none dropped.</summary>
    internal string[] Passthrough => Version >= s_fpsMode ? ["-fps_mode", "passthrough"] : ["-vsync", "0"];

    /// <summary>Finds the programs and asks for their version.</summary>
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
        string banner = FirstLine(ffmpeg);
        Match number = VersionNumber().Match(banner);
        return new FfmpegTools(
            ffmpeg, ffprobe, number.Success ? Version.Parse(number.Groups[1].Value) : new Version(99, 0), banner);
    }

    private static string FirstLine(string program)
    {
        try
        {
            var start = new ProcessStartInfo(
                program, ["-version"])
            { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using Process process = Process.Start(start)!;
            string line = process.StandardOutput.ReadLine() ?? "";
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return line.StartsWith("ffmpeg version", StringComparison.Ordinal)
                ? line
                : throw new FfmpegMissingException($"'{program}' is not ffmpeg: it begins with '{TextForMessages.Line(line)}'.");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new FfmpegMissingException($"'{program}' cannot be run: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"ffmpeg version n?(\d+\.\d+)")]
    private static partial Regex VersionNumber();
}
