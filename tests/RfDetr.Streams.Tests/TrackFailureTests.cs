using System.Diagnostics;

namespace RfDetr.Tests.Streams;

/// <summary>Failures with videos: one clear line each, and the right exit code.</summary>
public sealed class TrackFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task Bad_files_are_refused_in_one_line()
    {
        string clip = await Videos.ClipAsync();
        File.WriteAllBytes(_folder["empty.mp4"], []);
        Videos.Make("-i", clip, "-frames:v", "1", _folder["image.png"]);
        File.Copy(_folder["image.png"], _folder["renamed.mp4"]);
        await RefusedAsync(1, "empty.mp4", "track", _folder["empty.mp4"]);
        await RefusedAsync(1, "is an image (png)", "track", _folder["renamed.mp4"]);
        await RefusedAsync(1, "does not exist", "track", _folder["none.mp4"]);
        await RefusedAsync(1, "is an image (png)", "detect", _folder["renamed.mp4"]);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task What_is_missing_is_named_with_the_cure()
    {
        string clip = await Videos.ClipAsync();
        await RefusedAsync(1, "apt-get install ffmpeg", "track", clip, "--ffmpeg", _folder["nowhere"]);
        await RefusedAsync(1, "rtsp://***@127.0.0.1:1/x", "track", "rtsp://admin:secret@127.0.0.1:1/x");
        Skip.If(OperatingSystem.IsWindows(), "needs a shell");
        await RefusedAsync(
            1, "has no encoder for H.264", "track", clip, "--output", _folder["out.mp4"], "--ffmpeg",
            Wrapped("case \"$*\" in *-encoders*) '{0}' \"$@\" | grep -v 264;; *) exec '{0}' \"$@\";; esac"));
    }

    [SkippableFact]
    public async Task Wrong_lines_zones_and_outputs_are_wrong_use()
    {
        string clip = await Videos.ClipAsync();
        await RefusedAsync(2, "x,y", "track", clip, "--zone", "yard=1,2,three,4,5,6");
        await RefusedAsync(2, "three corners", "track", clip, "--zone", "yard=1,2,3,4");
        await RefusedAsync(2, "NAME=x1,y1,x2,y2", "track", clip, "--line", "1,2,3,4");
        await RefusedAsync(2, "outside the frames of 320×240", "track", clip, "--zone", "yard=900,0,1000,0,1000,90");
        await RefusedAsync(2, "outside the frames of 320×240", "track", clip, "--line", "door=-9,-9,-2,-2");
        await RefusedAsync(2, "stands for two", "track", clip, "--line", "a=0,0,9,9", "--line", "a=0,5,9,5");
        await RefusedAsync(2, "is the input itself", "track", clip, "--output", clip);
        await RefusedAsync(2, "'.xyz'", "track", clip, "--output", _folder["out.xyz"]);
        await RefusedAsync(2, "belongs to --tiles", "track", clip, "--overlap", "0.3");
        await RefusedAsync(2, "is no time", "track", clip, "--start", "soon");
        await RefusedAsync(2, "End is", "track", clip, "--start", "2", "--end", "1");
        await RefusedAsync(2, "none of default", "track", clip, "--tracker", "best");
        await RefusedAsync(2, "--stride is for videos", "detect", "none.png", "--stride", "2");
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task A_full_disk_is_said_and_leaves_nothing()
    {
        string clip = await Videos.ClipAsync();
        Skip.If(OperatingSystem.IsWindows(), "needs a shell");
        Videos.Make("-stream_loop", "4", "-i", clip, "-c", "copy", _folder["long.mp4"]);
        string bin = Wrapped("ulimit -f 16; exec '{0}' \"$@\"");
        await RefusedAsync(1, "out.mp4", "track", _folder["long.mp4"], "--output", _folder["out/out.mp4"], "--ffmpeg", bin);

        Directory.EnumerateFileSystemEntries(_folder["out"]).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_closed_pipe_ends_the_work()
    {
        string clip = await Videos.ClipAsync();
        Skip.IfNot(OperatingSystem.IsLinux(), "needs a shell");
        Videos.Make("-stream_loop", "40", "-i", clip, "-c", "copy", _folder["long.mp4"]);
        (int code, string error) = await ShellAsync(
            $"set -o pipefail; {Program} track '{_folder["long.mp4"]}' --json - | head -c 100 >/dev/null");

        code.ShouldBe(1, error);
        error.ShouldContain("error: ");
        error.ShouldContain("pipe", Case.Insensitive);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Ctrl_C_in_a_terminal_reaches_ffmpeg_too_and_the_video_is_whole_all_the_same()
    {
        string clip = await Videos.ClipAsync();
        Skip.IfNot(OperatingSystem.IsLinux(), "needs process groups");
        Videos.Make("-stream_loop", "200", "-i", clip, "-c", "copy", _folder["long.mp4"]);

        // A group of its own, which gets the signal as a terminal's foreground group does; tests that a shell runs in the
        // background were started with SIGINT ignored.
        string run = $"env --default-signal=INT {Program} track '{_folder["long.mp4"]}' --output '{_folder["out.mp4"]}'";
        (int code, string error) = await ShellAsync(
            $"set -m; {run} & sleep 0.2; while [ -z \"$(find '{_folder[""]}' -name '.out.*' -size +0)\" ]; do sleep 0.1; "
                + "kill -0 $! 2>/dev/null || break; done; sleep 1; kill -INT -- -$!; wait $!");

        code.ShouldBe(130, error);
        (int frames, _, _) = Videos.Measure(_folder["out.mp4"]);
        frames.ShouldBeInRange(1, 201 * Videos.Frames - 1);
        Directory.EnumerateFiles(_folder[""], ".*").ShouldBeEmpty();
    }

    private static string Program
    {
        get
        {
            string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
                ? path : "dotnet";
            return $"'{host}' '{Path.Combine(AppContext.BaseDirectory, "RfDetr.Cli.dll")}'";
        }
    }

    private static async Task RefusedAsync(int code, string part, params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        run.Code.ShouldBe(code, run.Error);
        string[] lines = [.. run.Error.Split('\n').Where(l => l.StartsWith("error: ", StringComparison.Ordinal))];
        lines.Length.ShouldBe(1, run.Error);
        lines[0].ShouldContain(part);
        lines[0].ShouldNotContain("internal error");
        run.Error.ShouldNotContain("secret");
    }

    private async Task<(int Code, string Error)> ShellAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _folder[""],
            UseShellExecute = false,
        };
        start.Environment["RFDETR_HOME"] = Path.Combine(Path.GetTempPath(), $"rfdetr-home-{Environment.ProcessId}");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error + await output);
    }

    // A folder with programs around ffmpeg and ffprobe; {0} is the program itself.
    private string Wrapped(string script)
    {
        string folder = _folder["bin"];
        _ = Directory.CreateDirectory(folder);
        foreach ((string name, string program) in new[] { ("ffmpeg", Videos.Tools.Ffmpeg), ("ffprobe", Videos.Tools.Ffprobe) })
        {
            string path = Path.Combine(folder, name);
            File.WriteAllText(path, $"#!/bin/sh\n{script.Replace("{0}", program, StringComparison.Ordinal)}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        return folder;
    }

    public void Dispose() => _folder.Dispose();
}
