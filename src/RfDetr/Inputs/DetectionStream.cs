using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RfDetr;

/// <summary>Runs a detector over any number of images: lazily, in order, the next ones being read while the network runs.</summary>
public static class DetectionStream
{
    /// <summary>An image, or the reason why there is none.</summary>
    private readonly record struct Loaded(ImageSource Source, Image? Image, Exception? Error, double DecodeMs);

    /// <summary>
    /// Finds objects in one image after the other. An image that cannot be read, or that the region of interest does not fit, is an outcome with an
    /// error and does not end the stream.
    /// </summary>
    /// <param name="detector">The detector.</param>
    /// <param name="sources">The images; taken only as far as outcomes are asked for (and one batch ahead).</param>
    /// <param name="options">What to keep.</param>
    /// <param name="batch">Images per run of the network, at least 1; null for the detector's <see cref="Detector.PreferredBatch"/>.</param>
    /// <param name="standardInput">What a source <c>-</c> reads.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="ArgumentException">An option is out of range or names a class that the model does not have.</exception>
    public static async IAsyncEnumerable<ImageOutcome> DetectEachAsync(
        this Detector detector, IEnumerable<ImageSource> sources, DetectOptions? options = null, int? batch = null,
        Stream? standardInput = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(sources);
        int size = batch ?? detector.PreferredBatch;
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(batch));
        options ??= DetectOptions.Default;
        _ = LabelFilter.ToSelection(options, detector.Model); // wrong options shall not be reported once per image

        Task<Loaded[]>? ahead = null;
        try
        {
            foreach (ImageSource[]? group in sources.Chunk(size).Append(null))
            {
                // The next group is read while this one runs; the last round only runs.
                Task<Loaded[]>? current = ahead;
                ahead = group is null ? null : Task.Run(() => LoadAsync(group, options, standardInput, cancellationToken), cancellationToken);
                if (current is null)
                    continue;
                Loaded[] loaded = await current.ConfigureAwait(false);
                try
                {
                    foreach (ImageOutcome outcome in await Task.Run(() => Run(detector, loaded, options, cancellationToken), cancellationToken).ConfigureAwait(false))
                        yield return outcome;
                }
                finally
                {
                    Release(loaded);
                }
            }
        }
        finally
        {
            // Whoever stops listening leaves a group behind that nobody will see.
            if (ahead is not null)
                await ahead.ContinueWith(static left => Release(left.IsCompletedSuccessfully ? left.Result : []), TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private static async Task<Loaded[]> LoadAsync(ImageSource[] group, DetectOptions options, Stream? standardInput, CancellationToken cancellationToken)
    {
        var loaded = new Loaded[group.Length];
        for (int i = 0; i < group.Length; i++)
        {
            loaded[i] = new(group[i], null, null, 0);
            long start = Stopwatch.GetTimestamp();
            Image? image = null;
            try
            {
                image = await group[i].LoadAsync(standardInput, null, cancellationToken).ConfigureAwait(false);
                CheckRoi(image, options.Roi);
                loaded[i] = loaded[i] with { Image = image, DecodeMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds };
            }
            catch (Exception e) when (e is ImageContentException or IOException or UnauthorizedAccessException or HttpRequestException or TimeoutException or ArgumentException)
            {
                image?.Dispose();
                loaded[i] = loaded[i] with { Error = e };
            }
            catch
            {
                Release(loaded);
                throw;
            }
        }

        return loaded;
    }

    private static List<ImageOutcome> Run(Detector detector, Loaded[] group, DetectOptions options, CancellationToken cancellationToken)
    {
        Image[] images = [.. group.Where(l => l.Image is not null).Select(l => l.Image!)];
        IReadOnlyList<Detections> results = images.Length == 0 ? [] : detector.Detect(images, options, cancellationToken);
        var outcomes = new List<ImageOutcome>(group.Length);
        int next = 0;
        foreach (Loaded loaded in group)
        {
            if (loaded.Image is null)
            {
                outcomes.Add(new(loaded.Source, loaded.Error!));
                continue;
            }

            Detections result = results[next++];
            outcomes.Add(new(loaded.Source, loaded.Image, result with { Times = result.Times with { DecodeMs = loaded.DecodeMs } }));
        }

        return outcomes;
    }

    private static void CheckRoi(Image image, PixelRect? roi)
    {
        if (roi is { } r && (r.X < 0 || r.Y < 0 || r.IsEmpty || r.Right > image.Width || r.Bottom > image.Height))
            throw new ArgumentException($"the region of interest {r.X},{r.Y},{r.Width},{r.Height} (x,y,w,h) is not inside the image of {image.Width}×{image.Height} pixels");
    }

    private static void Release(Loaded[] group)
    {
        foreach (Loaded loaded in group)
            loaded.Image?.Dispose();
    }
}
