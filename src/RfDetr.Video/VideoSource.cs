using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace RfDetr.Video;

/// <summary>
/// Reads a video file, a stream or a camera through ffmpeg: upright frames with square pixels and their true timestamps. Files
/// lose no frame; live input hands out the newest frame, counts what it dropped, and is opened again when it breaks off. One
/// reader at a time.
/// </summary>
public sealed class VideoSource
{
    // Of what comes as bytes, ffprobe sees so much.
    private const int Beginning = 4 << 20;

    private static readonly TimeSpan s_signalDelay = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    private readonly FfmpegTools _tools;
    private readonly VideoInput _input;
    private readonly VideoOptions _options;
    private long _errors;
    private string _problem = "";

    private readonly Stream? _bytes;
    private byte[]? _beginning;

    private VideoSource(
        FfmpegTools tools, VideoInput input, VideoOptions options, VideoInfo info, Stream? bytes = null, byte[]? beginning = null)
    {
        (_tools, _input, _options, Info) = (tools, input, options, info);
        (_bytes, _beginning) = (bytes, beginning);
    }

    /// <summary>Facts about the video. A stream may have another size after it was interrupted.</summary>
    public VideoInfo Info { get; private set; }

    /// <summary>Number of errors that ffmpeg reported while decoding: what could be read was read all the same.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>The last of these errors; empty if there was none.</summary>
    public string Problem => Volatile.Read(ref _problem);

    /// <summary>Number of times that live input was interrupted.</summary>
    public int Interruptions { get; private set; }

    /// <summary>Length of what is to be read, as far as the container and the options tell; null if they do not.</summary>
    public TimeSpan? Expected =>
        (_options.End ?? Info.Duration) - _options.Start is { } rest && rest > TimeSpan.Zero ? rest : null;

    /// <summary>Time at which reading is to end; null for the end of the video.</summary>
    internal TimeSpan? End => _options.End;

    /// <summary>The file that holds the sound; null if there is none that could be read a second time.</summary>
    internal string? SoundPath => Info.AudioCodec is null ? null : _input.File;

    /// <summary>
    /// Opens a video that comes as bytes, from standard input for example. It can be read once; formats whose index stands at the
    /// end (many <c>.mp4</c> files) cannot be read so.
    /// </summary>
    /// <param name="bytes">The video; stays open.</param>
    /// <param name="options">What to read; null for everything.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="FfmpegMissingException">ffmpeg is not installed.</exception>
    /// <exception cref="VideoException">The bytes are no video, or one that must be a file.</exception>
    public static async Task<VideoSource> OpenAsync(
        Stream bytes, VideoOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        options ??= new VideoOptions();
        options.Validate();
        var tools = FfmpegTools.Find(options.Ffmpeg);

        // ffprobe needs no more than the beginning; ffmpeg gets it again.
        var beginning = new byte[Beginning];
        int length = await ReadFullyAsync(bytes, beginning, cancellation).ConfigureAwait(false);
        Array.Resize(ref beginning, length);
        TimeSpan longest = Slack(VideoInput.Bytes, options);
        VideoInfo info =
            await VideoProbe.RunAsync(tools, VideoInput.Bytes, longest, cancellation, beginning).ConfigureAwait(false);
        return new VideoSource(tools, VideoInput.Bytes, options, info, bytes, beginning);
    }

    /// <summary>Opens a video.</summary>
    /// <param name="input">
    /// A file, <c>rtsp://…</c>, <c>http(s)://…</c>, or <c>camera:0</c>. Bytes from standard input go to <see
    /// cref="OpenAsync(Stream, VideoOptions?, CancellationToken)"/>.
    /// </param>
    /// <param name="options">Options for reading; null for everything.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="FfmpegMissingException">ffmpeg is not installed.</exception>
    /// <exception cref="VideoException">The input is no video, or cannot be opened.</exception>
    public static async Task<VideoSource> OpenAsync(
        string input, VideoOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new VideoOptions();
        options.Validate();
        VideoInput parsed = VideoInput.Parse(input);
        if (parsed == VideoInput.Bytes)
            throw new ArgumentException(
                "'-' names standard input, which a library does not touch; give the stream to VideoSource.OpenAsync(Stream).",
                nameof(input));
        FfmpegTools tools = FfmpegTools.Find(options.Ffmpeg);
        if (parsed is { IsLive: true, IsWeb: false } && (options.Start > TimeSpan.Zero || options.End is not null))
            throw new ArgumentException(
                $"{nameof(VideoOptions.Start)} and {nameof(VideoOptions.End)} are for files, but '{parsed.Name}' is live.");
        VideoInfo info = await VideoProbe.RunAsync(tools, parsed, Slack(parsed, options), cancellation).ConfigureAwait(false);

        // On the web, what has no length has no end.
        if (parsed.IsWeb)
            (parsed, info) = (parsed.As(live: info.Duration is null), info with { IsLive = info.Duration is null });
        return new VideoSource(tools, parsed, options, info);
    }

    /// <summary>Reads the frames; each must be disposed.</summary>
    /// <exception cref="VideoException">No frame could be read, or live input did not come back.</exception>
    public IAsyncEnumerable<VideoFrame> ReadAsync(CancellationToken cancellation = default) =>
        _input.IsLive ? ReadLiveAsync(cancellation) : ReadFileAsync(cancellation);

    private async IAsyncEnumerable<VideoFrame> ReadFileAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        Channel<VideoFrame> channel = Channel.CreateBounded<VideoFrame>(
            new BoundedChannelOptions(_options.Buffer) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task decoding = Task.Run(
            async () =>
            {
                try
                {
                    await DecodeAsync(0, false, (frame, token) => channel.Writer.WriteAsync(frame, token), stop.Token)
                        .ConfigureAwait(false);
                    _ = channel.Writer.TryComplete();
                }
                catch (Exception e)
                {
                    _ = channel.Writer.TryComplete(e);
                }
            },
            CancellationToken.None);
        try
        {
            await foreach (VideoFrame frame in channel.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
                yield return frame;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await decoding.ConfigureAwait(false);
            while (channel.Reader.TryRead(out VideoFrame? left))
                left.Dispose();
        }
    }

    private async IAsyncEnumerable<VideoFrame> ReadLiveAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var newest = new NewestFrame();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task decoding = Task.Run(() => KeepDecodingAsync(newest, stop.Token), CancellationToken.None);
        try
        {
            while (await newest.TakeAsync(cancellation).ConfigureAwait(false) is { } frame)
                yield return frame;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await decoding.ConfigureAwait(false);
        }
    }

    // Every end of live input is a loss: it is opened again with growing pauses, 1, 2, 4 … 30 seconds. Its size is asked for
    // first, for it may be another one. A sender that serves one guest at a time may not be ready again for the reader that comes
    // right behind that question; the next attempt then goes without asking, or the question would take the reader's place for
    // ever.
    private async Task KeepDecodingAsync(NewestFrame newest, CancellationToken cancellation)
    {
        long index = 0, began = TimeProvider.System.GetTimestamp();
        bool interrupted = false, isAsked = true;
        try
        {
            for (int inVain = 0; ; inVain++)
            {
                long before = index;
                bool asks = !isAsked;
                isAsked = false;
                try
                {
                    if (asks)
                    {
                        Info = await VideoProbe.RunAsync(_tools, _input, Slack(_input, _options), cancellation)
                            .ConfigureAwait(false);
                        isAsked = true;
                    }

                    index = await DecodeAsync(index, interrupted, newest.PutAsync, cancellation, began).ConfigureAwait(false);
                }
                catch (VideoException e)
                {
                    Volatile.Write(ref _problem, e.Message);
                }

                interrupted = true;
                Interruptions++;
                if (index > before)
                    (inVain, isAsked) = (0, false);
                if (inVain >= _options.Reconnects)
                    throw new VideoException(
                        $"'{_input.Name}' broke off and did not come back in {inVain + 1} attempts: {Problem}");
                TimeSpan pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(inVain, 10)));
                await Task.Delay(pause < s_longestPause ? pause : s_longestPause, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            newest.Complete(null);
        }
        catch (Exception e)
        {
            newest.Complete(e);
        }
    }

    // Decodes until ffmpeg ends, and returns the number of the next frame.
    private async Task<long> DecodeAsync(
        long index, bool interrupted, Func<VideoFrame, CancellationToken, ValueTask> put, CancellationToken cancellation,
            long? liveSince = null)
    {
        VideoInfo info = Info;
        int size = checked(info.Width * info.Height * 3);
        long first = index;
        byte[]? beginning = _bytes is null
            ? null
            : Interlocked.Exchange(ref _beginning, null)
                ?? throw new InvalidOperationException("a video that comes as bytes can be read once only");
        await using Ffmpeg ffmpeg = Ffmpeg.Start(_tools, Arguments(info));
        Task feeding = FeedAsync(ffmpeg, beginning, cancellation);
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        (int Width, int Height)? stored = null;
        try
        {
            while (true)
            {
                if (_input.IsLive)
                    watchdog.CancelAfter(index == first ? Slack(_input, _options) : _options.Timeout);
                byte[] rented = ArrayPool<byte>.Shared.Rent(size);
                int read = await ReadFullyAsync(ffmpeg.Output, rented.AsMemory(0, size), watchdog.Token).ConfigureAwait(false);
                if (read < size || !await ffmpeg.Stamps.WaitToReadAsync(watchdog.Token).ConfigureAwait(false)
                    || !ffmpeg.Stamps.TryRead(out FrameStamp stamp))
                {
                    ArrayPool<byte>.Shared.Return(rented);
                    break;
                }

                bool changed = stored is { } s && s != (stamp.Width, stamp.Height);
                stored = (stamp.Width, stamp.Height);
                var frame = new VideoFrame(rented, info.Width, info.Height)
                {
                    Index = index,
                    Time = TimeOf(stamp, index, info, liveSince),
                    Discontinuity = changed || (interrupted && index == first),
                    ArrivedAt = TimeProvider.System.GetTimestamp(),
                };
                index++;
                await put(frame, cancellation).ConfigureAwait(false);
            }

            await Finish(ffmpeg, index - first, cancellation).ConfigureAwait(false);
            await feeding.ConfigureAwait(false);
            return index;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Volatile.Write(ref _problem, $"'{_input.Name}' delivered no frame for {_options.Timeout.TotalSeconds:0.#} s");
            return index;
        }
        finally
        {
            _ = Interlocked.Add(ref _errors, ffmpeg.Errors);
        }
    }

    private async Task FeedAsync(Ffmpeg ffmpeg, byte[]? beginning, CancellationToken cancellation)
    {
        if (_bytes is null)
            return;
        try
        {
            await ffmpeg.Input.WriteAsync(beginning, cancellation).ConfigureAwait(false);
            await _bytes.CopyToAsync(ffmpeg.Input, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // ffmpeg needs no more: it has reached the end that was asked for, or was stopped.
        }
        finally
        {
            CloseInput(ffmpeg); // also where the caller's stream fails, or ffmpeg would wait for the rest for ever
        }
    }

    private static void CloseInput(Ffmpeg ffmpeg)
    {
        try
        {
            ffmpeg.Input.Close();
        }
        catch (IOException)
        {
            // It has ended before it had read everything.
        }
    }

    private async Task Finish(Ffmpeg ffmpeg, long frames, CancellationToken cancellation)
    {
        int status = await ffmpeg.WaitAsync(cancellation).ConfigureAwait(false);
        if (ffmpeg.WasStopped)
        {
            // Ctrl-C reaches ffmpeg as well as this program, which has time here to notice.
            await Task.Delay(s_signalDelay, cancellation).ConfigureAwait(false);
            _ = Interlocked.Increment(ref _errors);
            Volatile.Write(ref _problem, "ffmpeg was stopped by a signal");
            return;
        }

        if (ffmpeg.Errors > 0)
            Volatile.Write(ref _problem, ffmpeg.Problem);
        if (frames == 0)
            throw new VideoException($"No frame of '{_input.Name}' could be read: "
                + $"{(ffmpeg.Problem.Length > 0 ? ffmpeg.Problem : "it has none there")}.");
        if (status != 0 && ffmpeg.Errors == 0)
            _ = Interlocked.Increment(ref _errors);
    }

    private TimeSpan TimeOf(FrameStamp stamp, long index, VideoInfo info, long? liveSince)
    {
        // Streams may jump or restart their clocks; for live input the time of arrival is the true one.
        if (liveSince is { } since)
            return TimeProvider.System.GetElapsedTime(since);
        double seconds = double.IsFinite(stamp.Seconds) ? stamp.Seconds : index / Math.Max(1, info.Rate.PerSecond);
        return _options.Start + TimeSpan.FromSeconds(seconds);
    }

    private IEnumerable<string> Arguments(VideoInfo info)
    {
        if (_input.Source != "pipe:0")
            yield return "-nostdin";
        if (_options.HardwareDecoding)
        {
            yield return "-hwaccel";
            yield return "auto";
        }

        foreach (string argument in _input.Arguments)
            yield return argument;
        if (_options.Start > TimeSpan.Zero)
        {
            yield return "-ss";
            yield return Seconds(_options.Start);
        }

        if (_options.End is { } end)
        {
            yield return "-t";
            yield return Seconds(end - _options.Start);
        }

        string[] rest =
        [
            "-i", _input.Source, "-map", "0:V:0", "-an", "-sn", "-dn", .. _tools.Passthrough, "-vf", Filters(
                info), "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
        ];
        foreach (string argument in rest)
            yield return argument;
    }

    // Frames of another size than the first are fitted into it without distortion.
    private string Filters(VideoInfo info)
    {
        string chosen = "";
        if (_options.Stride > 1)
            chosen += string.Create(CultureInfo.InvariantCulture, $"select='not(mod(n,{_options.Stride}))',");
        if (_options.Interval > TimeSpan.Zero)
            chosen += $"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{Seconds(_options.Interval)})',";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{chosen}showinfo=checksum=0,scale=iw*sar:ih,setsar=1,"
            + $"scale={info.Width}:{info.Height}:force_original_aspect_ratio=decrease,pad={info.Width}:{info.Height}:-1:-1");
    }

    // Opening takes longer than the pause between two frames: ffmpeg looks at some seconds of a stream first. Files are waited
    // for on the busiest machine.
    private static TimeSpan Slack(VideoInput input, VideoOptions options) =>
        input.IsLive ? options.Timeout + TimeSpan.FromSeconds(10) : TimeSpan.FromMinutes(5);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);

    private static async ValueTask<int> ReadFullyAsync(Stream stream, Memory<byte> into, CancellationToken cancellation) =>
        await stream.ReadAtLeastAsync(into, into.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
}
