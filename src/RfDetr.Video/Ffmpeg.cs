using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace RfDetr.Video;

/// <summary>A running ffmpeg. Its messages are always read, or it would stand still; it ends with this object.</summary>
internal sealed partial class Ffmpeg : IAsyncDisposable
{
    private const int KeptMessages = 20;

    private readonly Process _process;
    private readonly Task _messages;
    private readonly Channel<FrameStamp> _stamps =
        Channel.CreateUnbounded<FrameStamp>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<string> _last = [];
    private long _errors;
    private volatile bool _stopped;

    private Ffmpeg(Process process)
    {
        _process = process;
        _messages = Task.Run(ReadMessagesAsync);
    }

    /// <summary>Raw frames.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Standard input of ffmpeg.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Time and size of each frame, in order; complete when ffmpeg ends.</summary>
    public ChannelReader<FrameStamp> Stamps => _stamps.Reader;

    /// <summary>Number of error messages so far: damaged packets, missing references and the like.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>
    /// True if a signal told it to stop, and it ended what it was doing in good order: Ctrl-C in a terminal reaches every
    /// program.
    /// </summary>
    public bool WasStopped => _stopped;

    /// <summary>The last error messages in one line.</summary>
    public string Problem
    {
        get
        {
            lock (_last)
                return string.Join("; ", _last.TakeLast(3));
        }
    }

    /// <summary>Starts ffmpeg; messages carry their level.</summary>
    public static Ffmpeg Start(FfmpegTools tools, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(tools.Ffmpeg, ["-hide_banner", "-nostats", "-loglevel", "level+info", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Process process = Process.Start(start) ?? throw new VideoException($"'{tools.Ffmpeg}' did not start.");
        Pipes.Widen(process.StandardOutput.BaseStream);
        Pipes.Widen(process.StandardInput.BaseStream);
        return new Ffmpeg(process);
    }

    /// <summary>The reason for an exit status other than zero, in words.</summary>
    public string ReasonFor(int status)
    {
        const int bySignal = 128, fileTooLarge = 25;
        if (Problem.Length > 0)
            return Problem;
        return status > bySignal && status != 255 && !OperatingSystem.IsWindows()
            ? Invariant.Text($"ffmpeg was ended by signal {status - bySignal}")
                + (status == bySignal + fileTooLarge ? ": the file is larger than the limit of this shell or user" : "")
            : "ffmpeg gave no reason";
    }

    /// <summary>Waits for the end and returns the exit status.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        await _messages.ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>Ends a process and its children, if it still runs.</summary>
    public static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in between.
        }
    }

    /// <summary>Ends ffmpeg at once.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill(_process);
        await _messages.ConfigureAwait(false);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task ReadMessagesAsync()
    {
        try
        {
            while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
                Note(line);
        }
        finally
        {
            _ = _stamps.Writer.TryComplete();
        }
    }

    private void Note(string line)
    {
        if (Stamp().Match(line) is { Success: true } match)
        {
            double seconds = double.TryParse(
                match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double s) ? s : double.NaN;
            _ = _stamps.Writer.TryWrite(new FrameStamp(
                seconds, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), int.Parse(
                    match.Groups[3].Value, CultureInfo.InvariantCulture)));
            return;
        }

        if (line.Contains("received signal", StringComparison.Ordinal))
            _stopped = true;
        if (!line.Contains("[error]", StringComparison.Ordinal) && !line.Contains("[fatal]", StringComparison.Ordinal))
            return;
        _ = Interlocked.Increment(ref _errors);
        lock (_last)
        {
            _last.Enqueue(TextForMessages.Line(Prefix().Replace(line, "")));
            if (_last.Count > KeptMessages)
                _ = _last.Dequeue();
        }
    }

    // "[Parsed_showinfo_0 @ 0x…] [info] n:   3 pts:  1536 pts_time:0.12 … s:64x48 …"
    [GeneratedRegex(@"showinfo.*\bpts_time:\s*(\S+).*\bs:(\d{1,6})x(\d{1,6})\b")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"^(\[[^\]]*\]\s*)+")]
    private static partial Regex Prefix();
}

/// <summary>Time and stored size of a frame, as ffmpeg's filter showinfo reports them.</summary>
/// <param name="Seconds">Time from the beginning of what is read; NaN if the frame has none.</param>
/// <param name="Width">Width before scaling, in pixels.</param>
/// <param name="Height">Height before scaling, in pixels.</param>
internal readonly record struct FrameStamp(double Seconds, int Width, int Height);
