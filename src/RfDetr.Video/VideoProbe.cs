using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace RfDetr.Video;

/// <summary>Asks ffprobe about a video.</summary>
internal static class VideoProbe
{
    private const int LargestSide = 32768;
    private const int LargestAnswer = 4 << 20;

    /// <summary>Facts about an input.</summary>
    /// <param name="tools">The programs.</param>
    /// <param name="input">The input.</param>
    /// <param name="timeout">The longest time to wait for an answer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="beginning">The first bytes of what comes through standard input.</param>
    /// <exception cref="VideoException">It is no video, or cannot be opened.</exception>
    public static async Task<VideoInfo> RunAsync(
        FfmpegTools tools, VideoInput input, TimeSpan timeout, CancellationToken cancellation,
        ReadOnlyMemory<byte> beginning = default)
    {
        var start = new ProcessStartInfo(
            tools.Ffprobe,
            ["-v", "error", .. input.Arguments, "-of", "json", "-show_streams", "-show_format", input.Source])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(timeout);
        using Process process = Process.Start(start) ?? throw new VideoException($"'{tools.Ffprobe}' did not start.");
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(limited.Token);
            Task feeding = FeedAsync(process, beginning, limited.Token);
            string answer = await ReadAsync(process.StandardOutput, limited.Token).ConfigureAwait(false);
            string problem = LastLine(await errors.ConfigureAwait(false));
            await process.WaitForExitAsync(limited.Token).ConfigureAwait(false);
            await feeding.ConfigureAwait(false);
            return process.ExitCode == 0
                ? Parse(answer, input)
                : throw new VideoException(
                    $"'{input.Name}' cannot be opened as a video: {(problem.Length > 0 ? problem : "ffprobe gave no reason")}.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new VideoException($"'{input.Name}' did not answer within {timeout.TotalSeconds:0} s.");
        }
        finally
        {
            Ffmpeg.Kill(process);
        }
    }

    /// <summary>Reads ffprobe's answer.</summary>
    /// <exception cref="VideoException">It has no video stream, or a size beyond reason.</exception>
    internal static VideoInfo Parse(string json, VideoInput input)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement[] streams = document.RootElement.TryGetProperty("streams", out JsonElement all)
                ? [.. all.EnumerateArray()] : [];
            JsonElement video = streams.FirstOrDefault(s => Text(s, "codec_type") == "video" && !IsCover(s));
            if (video.ValueKind == JsonValueKind.Undefined)
                throw new VideoException($"'{input.Name}' holds no video.");
            if (document.RootElement.TryGetProperty("format", out JsonElement format) && IsImage(Text(format, "format_name")))
                throw new VideoException(
                    $"'{input.Name}' is an image ({TextForMessages.Line(Text(video, "codec_name") ?? "unknown")}), not a video, "
                    + "whatever its name says; images are detected without a tracker.");
            (int width, int height) = (Whole(video, "width"), Whole(video, "height"));
            (int num, int den) = Fraction(Text(video, "sample_aspect_ratio"), ':');
            if (num > 0 && den > 0)
                width = (int)Math.Round((double)width * num / den);
            int rotation = RotationOf(video);
            if (rotation is 90 or 270)
                (width, height) = (height, width);
            if (width is < 1 or > LargestSide || height is < 1 or > LargestSide)
                throw new VideoException(
                    $"'{input.Name}' claims frames of {width}×{height}; sides of 1 to {LargestSide} pixels are read.");
            FrameRate rate = RateOf(Text(video, "avg_frame_rate")) ?? RateOf(Text(video, "r_frame_rate")) ?? default;
            return new VideoInfo(
                input.Name,
                width,
                height,
                rate,
                DurationOf(video, document.RootElement),
                TextForMessages.Line(Text(video, "codec_name") ?? "unknown"),
                rotation,
                streams.Where(s => Text(s, "codec_type") == "audio")
                    .Select(s => Text(s, "codec_name") ?? "unknown").FirstOrDefault(),
                input.IsLive);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new VideoException($"ffprobe's answer about '{input.Name}' cannot be read: {e.Message}", e);
        }
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> beginning, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(beginning, cancellation).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has seen enough.
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellation)
    {
        var buffer = new char[LargestAnswer];
        int length = await reader.ReadBlockAsync(buffer, cancellation).ConfigureAwait(false);
        return length < LargestAnswer ? new string(buffer, 0, length) : throw new VideoException("ffprobe's answer is too long.");
    }

    // ffmpeg's readers of single images: png_pipe, jpeg_pipe, image2 …
    private static bool IsImage(string? format) =>
        format is "image2" or "image2pipe" || format?.EndsWith("_pipe", StringComparison.Ordinal) == true;

    // Cover pictures of songs are video streams, too.
    private static bool IsCover(JsonElement stream) => stream.TryGetProperty("disposition", out JsonElement d)
        && d.TryGetProperty("attached_pic", out JsonElement cover) && cover.ValueKind == JsonValueKind.Number
            && cover.GetInt32() != 0;

    // Since version 5 the display matrix turns counterclockwise; the older tag "rotate" clockwise.
    private static int RotationOf(JsonElement stream)
    {
        int clockwise = 0;
        if (stream.TryGetProperty("tags", out JsonElement tags) && Text(tags, "rotate") is { } tag
            && int.TryParse(tag, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int old))
        {
            clockwise = old;
        }

        if (stream.TryGetProperty("side_data_list", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement data in list.EnumerateArray())
            {
                if (data.TryGetProperty("rotation", out JsonElement value) && value.ValueKind == JsonValueKind.Number)
                    clockwise = -(int)Math.Round(value.GetDouble());
            }
        }

        return ((int)Math.Round(clockwise / 90.0) % 4 + 4) % 4 * 90;
    }

    private static TimeSpan? DurationOf(JsonElement video, JsonElement root)
    {
        string? text = Text(video, "duration")
            ?? (root.TryGetProperty("format", out JsonElement format) ? Text(format, "duration") : null);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds is > 0 and < 1e9
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }

    private static FrameRate? RateOf(string? text) =>
        Fraction(text, '/') is ( > 0, > 0) and var (num, den) && (double)num / den is > 0.001 and < 1000 ? new FrameRate(num, den)
            : null;

    private static (int Numerator, int Denominator) Fraction(string? text, char separator)
    {
        string[] parts = (text ?? "").Split(separator);
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int a)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int b) ? (a, b) : (0, 0);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Whole(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.TryGetInt32(out int number) ? number : 0;

    private static string LastLine(string text) =>
        TextForMessages.Line(text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault() ?? "").TrimEnd('.');
}
