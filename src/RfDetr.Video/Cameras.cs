using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace RfDetr.Video;

/// <summary>A camera of this machine.</summary>
/// <param name="Input">The name to open it by, such as <c>camera:0</c>.</param>
/// <param name="Name">The name that its maker or the system gave it.</param>
public sealed record CameraInfo(string Input, string Name);

/// <summary>The cameras of this machine.</summary>
public static partial class Cameras
{
    private const string Devices = "/sys/class/video4linux";

    /// <summary>
    /// Lists the cameras. On Linux the system is asked (every <c>/dev/video*</c> that captures), elsewhere ffmpeg.
    /// </summary>
    /// <param name="ffmpeg">ffmpeg or its folder; null to look in RFDETR_FFMPEG, then on PATH. Not needed on Linux.</param>
    /// <exception cref="FfmpegMissingException">ffmpeg is needed and not installed.</exception>
    public static IReadOnlyList<CameraInfo> List(string? ffmpeg = null)
    {
        if (OperatingSystem.IsMacOS())
            return OfAvFoundation(Ask(ffmpeg, "-f", "avfoundation", "-list_devices", "true", "-i", ""));
        return OperatingSystem.IsWindows()
            ? OfDirectShow(Ask(ffmpeg, "-f", "dshow", "-list_devices", "true", "-i", "dummy"))
            : OfLinux(Devices);
    }

    /// <summary>
    /// The cameras among Linux's video devices. Only the first node of a device captures; others hold metadata.
    /// </summary>
    internal static IReadOnlyList<CameraInfo> OfLinux(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        var found = new List<(int Number, string Name)>();
        foreach (string device in Directory.EnumerateFileSystemEntries(folder, "video*"))
        {
            string index = Path.Combine(device, "index"), name = Path.Combine(device, "name");
            string digits = Path.GetFileName(device)["video".Length..];
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                || (File.Exists(index) && File.ReadAllText(index).Trim() != "0"))
                continue;
            found.Add((number, File.Exists(name) ? TextForMessages.Line(File.ReadAllText(name)) : ""));
        }

        return [.. found.OrderBy(f => f.Number).Select(f => new CameraInfo(Invariant.Text($"camera:{f.Number}"), f.Name))];
    }

    /// <summary>
    /// The cameras in ffmpeg's list of AVFoundation devices: <c>[0] FaceTime HD Camera</c> below "video devices".
    /// </summary>
    internal static IReadOnlyList<CameraInfo> OfAvFoundation(string text)
    {
        int from = text.IndexOf("video devices", StringComparison.Ordinal);
        int to = text.IndexOf("audio devices", StringComparison.Ordinal);
        string part = from < 0 ? "" : to > from ? text[from..to] : text[from..];
        return
        [
            .. Numbered().Matches(part)
                .Select(m => new CameraInfo($"camera:{m.Groups[1].Value}", TextForMessages.Line(m.Groups[2].Value))),
        ];
    }

    /// <summary>The cameras in ffmpeg's list of DirectShow devices: <c>"Integrated Camera" (video)</c>.</summary>
    internal static IReadOnlyList<CameraInfo> OfDirectShow(string text) =>
    [
        .. Quoted().Matches(text).Select(m => TextForMessages.Line(m.Groups[1].Value))
            .Select(n => new CameraInfo($"camera:{n}", n)),
    ];

    // The list comes on standard error, and the status is always an error.
    private static string Ask(string? ffmpeg, params string[] arguments)
    {
        var tools = FfmpegTools.Find(ffmpeg);
        var start = new ProcessStartInfo(tools.Ffmpeg, ["-hide_banner", "-nostdin", .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start) ?? throw new VideoException($"'{tools.Ffmpeg}' did not start.");
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        string text = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return text;
    }

    [GeneratedRegex(@"\[(\d+)\] ([^\r\n]+)")]
    private static partial Regex Numbered();

    [GeneratedRegex("\"([^\"\r\n]+)\" \\(video\\)")]
    private static partial Regex Quoted();
}
