using System.Globalization;

namespace RfDetr.Video;

/// <summary>Settings of a <see cref="VideoWriter"/>.</summary>
public sealed record VideoWriterOptions
{
    /// <summary>ffmpeg or its folder; null to look in RFDETR_FFMPEG, then on PATH.</summary>
    public string? Ffmpeg { get; init; }

    /// <summary>Constant quality of H.264, 0 (lossless) to 51; smaller is better.</summary>
    public int Quality { get; init; } = 23;

    /// <summary>A video whose sound is taken over; null for none. Its own frames are not.</summary>
    public VideoInfo? Audio { get; init; }

    /// <summary>File of <see cref="Audio"/>.</summary>
    public string? AudioPath { get; init; }

    /// <summary>Beginning of the sound.</summary>
    public TimeSpan AudioStart { get; init; } = TimeSpan.Zero;

    /// <summary>End of the sound; null for its own end. It does not end with the last frame by itself.</summary>
    public TimeSpan? AudioEnd { get; init; }

    internal void Validate()
    {
        var wrong = new List<string>();
        if (Quality is < 0 or > 51)
            wrong.Add($"{nameof(Quality)} is {Quality}, expected 0..51");
        if (Audio is null != AudioPath is null)
            wrong.Add($"{nameof(Audio)} and {nameof(AudioPath)} go together");
        if (AudioStart < TimeSpan.Zero)
            wrong.Add($"{nameof(AudioStart)} is {AudioStart}, but must not be negative");
        if (AudioEnd <= AudioStart)
            wrong.Add($"{nameof(AudioEnd)} is {AudioEnd}, but must be after {nameof(AudioStart)} {AudioStart}");
        if (wrong.Count > 0)
            throw new ArgumentException("video writer options: " + string.Join("; ", wrong));
    }
}

/// <summary>
/// Writes a video through ffmpeg: H.264 that plays in browsers (<c>.mp4</c>, <c>.mov</c>, <c>.mkv</c>), animations (<c>.gif</c>,
/// <c>.webp</c>) or numbered images (<c>frame-%05d.png</c>). Each frame keeps its timestamp. A file gets its name when it is
/// complete; nothing half-written is left.
/// </summary>
public sealed class VideoWriter : IAsyncDisposable
{
    private static readonly string[] s_h264 =
        ["libx264", "h264_nvenc", "h264_qsv", "h264_videotoolbox", "h264_mf", "libopenh264"];
    private static readonly string[] s_fitsMp4 = ["aac", "mp3", "ac3", "eac3", "alac"];

    private readonly Ffmpeg _ffmpeg;
    private readonly RawMatroska _frames;
    private readonly string _path, _temporary;
    private readonly int _width, _height;
    private readonly FfmpegTools _tools;
    private readonly bool _hasSound;
    private readonly byte[]? _planes; // the frame that is on its way; null where ffmpeg takes RGB
    private TimeSpan? _last;
    private bool _begun, _ended;

    private VideoWriter(
        FfmpegTools tools, Ffmpeg ffmpeg, string path, string temporary, int width, int height, bool hasSound, bool takesPlanes)
    {
        (_tools, _ffmpeg, _path, _temporary, _width, _height) = (tools, ffmpeg, path, temporary, width, height);
        _hasSound = hasSound;
        if (!takesPlanes)
        {
            _frames = new RawMatroska(ffmpeg.Input, width, height, RawMatroska.Rgb24);
            return;
        }

        _planes = new byte[I420.Size(width, height)];
        _frames = new RawMatroska(ffmpeg.Input, I420.Even(width), I420.Even(height), RawMatroska.Planes);
    }

    /// <summary>Number of frames written so far.</summary>
    public long Frames { get; private set; }

    /// <summary>The file.</summary>
    public string FilePath => _path;

    /// <summary>Finds out whether such a file can be written, without writing anything.</summary>
    /// <param name="path">The file; its ending decides on the format.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The ending or an option is not possible.</exception>
    /// <exception cref="FfmpegMissingException">ffmpeg is not installed.</exception>
    /// <exception cref="VideoException">This ffmpeg cannot write H.264.</exception>
    public static void Check(string path, VideoWriterOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new VideoWriterOptions();
        options.Validate();
        if (Directory.Exists(path))
            throw new ArgumentException($"'{path}' is a folder; name a file, for instance {Path.Combine(path, "out.mp4")}.");
        _ = Coding(FfmpegTools.Find(options.Ffmpeg), Ending(path), IsSequence(path), options);
    }

    /// <summary>Begins a video.</summary>
    /// <param name="path">The file; its ending decides on the format.</param>
    /// <param name="width">
    /// Width of all frames in pixels. Where H.264 needs an even one, the last column of an odd one stands there twice.
    /// </param>
    /// <param name="height">Height of all frames in pixels.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The size, the ending or an option is not possible.</exception>
    /// <exception cref="FfmpegMissingException">ffmpeg is not installed.</exception>
    /// <exception cref="VideoException">This ffmpeg cannot write H.264.</exception>
    public static VideoWriter Create(string path, int width, int height, VideoWriterOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        options ??= new VideoWriterOptions();
        options.Validate();
        FfmpegTools tools = FfmpegTools.Find(options.Ffmpeg);
        string full = Path.GetFullPath(path), folder = Path.GetDirectoryName(full)!;
        string ending = Ending(full);
        bool isSequence = IsSequence(full);
        string[] coding = Coding(tools, ending, isSequence, options);
        _ = Directory.CreateDirectory(folder);
        string temporary = isSequence ? full
            : Path.Combine(folder, $".{Path.GetFileNameWithoutExtension(full)}.{Guid.NewGuid():N}.tmp{ending}");
        var ffmpeg = Ffmpeg.Start(tools, ["-y", "-f", "matroska", "-i", "pipe:0", .. coding, temporary]);
        return new VideoWriter(
            tools, ffmpeg, full, temporary, width, height, coding.Contains("1:a:0"), coding.Contains("yuv420p"));
    }

    /// <summary>Writes a frame.</summary>
    /// <param name="rgb">Height × Width × 3 bytes, rows from the top, red first.</param>
    /// <param name="time">Its time; later than that of the frame before. The first frame begins the video.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">The frame has another size, or the time does not advance.</exception>
    /// <exception cref="VideoException">ffmpeg ended: a full disk, for example.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> rgb, TimeSpan time, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        if (rgb.Length != (long)_width * _height * 3)
            throw new ArgumentException($"The frame has {rgb.Length} bytes, but {_width}×{_height} pixels of RGB have "
                + $"{(long)_width * _height * 3}.", nameof(rgb));
        if (time < TimeSpan.Zero || time <= _last)
            throw new ArgumentException(
                $"The time {time} of frame {Frames} is negative or not later than {_last} of the frame before.", nameof(time));
        try
        {
            if (!_begun)
                await _frames.BeginAsync(cancellation).ConfigureAwait(false);
            _begun = true;
            if (_planes is not null)
                I420.FromRgb(rgb.Span, _width, _height, _planes);
            await _frames.WriteAsync(_planes ?? rgb, time, cancellation).ConfigureAwait(false);
        }
        catch (IOException) when (_ffmpeg.WasStopped)
        {
            return; // Ctrl-C reached ffmpeg first: the video ends here, in good order
        }
        catch (IOException e)
        {
            throw await FailureAsync(e).ConfigureAwait(false);
        }

        _last = time;
        Frames++;
    }

    /// <summary>Ends the video and gives it its name.</summary>
    /// <exception cref="VideoException">There are no frames, or ffmpeg could not write them.</exception>
    public Task CompleteAsync(CancellationToken cancellation = default) => CompleteAsync(false, cancellation);

    /// <summary>Ends the video and gives it its name.</summary>
    /// <param name="cutSound">True if the sound is to end with the last frame.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="VideoException">There are no frames, or ffmpeg could not write them.</exception>
    public async Task CompleteAsync(bool cutSound, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        if (Frames == 0)
            throw new VideoException($"'{_path}' was not written: there were no frames.");
        try
        {
            await _ffmpeg.Input.FlushAsync(cancellation).ConfigureAwait(false);
            _ffmpeg.Input.Close();
        }
        catch (IOException) when (_ffmpeg.WasStopped)
        {
            // It ended by itself, and what it wrote is whole.
        }
        catch (IOException e)
        {
            throw await FailureAsync(e).ConfigureAwait(false);
        }

        if (await _ffmpeg.WaitAsync(cancellation).ConfigureAwait(false) != 0 && !_ffmpeg.WasStopped)
            throw await FailureAsync(null).ConfigureAwait(false);
        if (cutSound && _hasSound && _temporary != _path)
            await CutSoundAsync(cancellation).ConfigureAwait(false);
        _ended = true;
        if (_temporary != _path)
            File.Move(_temporary, _path, overwrite: true);
    }

    /// <summary>Frees ffmpeg; a video that is not complete is deleted.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ffmpeg.DisposeAsync().ConfigureAwait(false);
        if (!_ended && _temporary != _path)
            File.Delete(_temporary);
        _ended = true;
    }

    // Copies what there is up to the last frame; nothing is coded again.
    private async Task CutSoundAsync(CancellationToken cancellation)
    {
        string cut = Path.Combine(
            Path.GetDirectoryName(_temporary)!, $".{Guid.NewGuid():N}.tmp{Path.GetExtension(_temporary)}");
        string end = Seconds(_last!.Value + TimeSpan.FromMilliseconds(40));
        string[] arguments =
            ["-y", "-nostdin", "-i", "file:" + _temporary, "-map", "0", "-c", "copy", "-t", end, "-movflags", "+faststart", cut];
        await using var ffmpeg = Ffmpeg.Start(_tools, arguments);
        if (await ffmpeg.WaitAsync(cancellation).ConfigureAwait(false) == 0)
            File.Move(cut, _temporary, overwrite: true);
        else
            File.Delete(cut); // the sound is too long then, but nothing is lost
    }

    private static string Ending(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static bool IsSequence(string path) => Path.GetFileName(path).Contains('%', StringComparison.Ordinal);

    private async Task<VideoException> FailureAsync(Exception? cause)
    {
        int status = await _ffmpeg.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        string message = $"'{_path}' cannot be written: {_ffmpeg.ReasonFor(status)}";
        return cause is null ? new VideoException(message) : new VideoException(message, cause);
    }

    private static string[] Coding(FfmpegTools tools, string ending, bool isSequence, VideoWriterOptions options)
    {
        if (isSequence)
        {
            return ending is ".png" or ".jpg" or ".jpeg" or ".webp" or ".bmp"
                ? ["-an", .. tools.Passthrough, "-q:v", "2", "-start_number", "0", "-f", "image2"]
                : throw new ArgumentException($"'{ending}' is no ending of numbered images; use .png, .jpg, .webp or .bmp.");
        }

        return ending switch
        {
            ".gif" => ["-an", .. tools.Passthrough, "-vf",
                "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=bayer:bayer_scale=3", "-loop", "0"],
            ".webp" => ["-an", .. tools.Passthrough, "-c:v", "libwebp", "-q:v", "70", "-loop", "0"],
            ".mp4" or ".m4v" or ".mov" or ".mkv" => H264(tools, ending, options),
            _ => throw new ArgumentException(
                $"'{ending}' is no video format that is written; use .mp4, .mov, .mkv, .gif, .webp, or frame-%05d.png."),
        };
    }

    /// <summary>The encoder of H.264 that this ffmpeg has, the best first; null if it has none.</summary>
    internal static string? H264Encoder(FfmpegTools tools) => s_h264.FirstOrDefault(tools.Encoders.Contains);

    private static string[] H264(FfmpegTools tools, string ending, VideoWriterOptions options)
    {
        string encoder = H264Encoder(tools)
            ?? throw new VideoException($"This ffmpeg ('{tools.Ffmpeg}') has no encoder for H.264 ({string.Join(", ", s_h264)}); "
                + $"install a full build, or write .gif or images.");
        string quality = options.Quality.ToString(CultureInfo.InvariantCulture);
        string[] rate = encoder == "libx264" ? ["-preset", "veryfast", "-crf", quality] : ["-b:v", "6M"];
        string[] sound = options.Audio?.AudioCodec is { } codec
            ? ["-map", "1:a:0", "-c:a", ending == ".mkv" || s_fitsMp4.Contains(codec) ? "copy" : "aac"]
            : [];
        string[] until = options.AudioEnd is { } end ? ["-t", Seconds(end - options.AudioStart)] : [];
        string[] soundInput = sound.Length == 0 ? []
            : ["-ss", Seconds(options.AudioStart), .. until, "-i", VideoInput.Parse(options.AudioPath!).Source];

        // A clock of 90 kHz holds 29.97 frames per second exactly, and others to a hundredth of a millisecond.
        return
        [
            .. soundInput, "-map", "0:v:0", .. sound, .. tools.Passthrough, "-enc_time_base", "1/90000",
            "-c:v", encoder, .. rate, "-pix_fmt", "yuv420p", "-colorspace", I420.Matrix, "-color_range", "tv",
            .. ending == ".mkv" ? (string[])[] : ["-video_track_timescale", "90000", "-movflags", "+faststart"],
        ];
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);
}
