using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace RfDetr;

/// <summary>Number of images that are worked on at a time.</summary>
public sealed record StreamOptions
{
    /// <summary>
    /// Images per run of the network, at least 1; null for the detector's <see cref="Detector.PreferredBatch"/>.
    /// </summary>
    public int? Batch { get; init; }

    /// <summary>
    /// Groups of <see cref="Batch"/> images in progress, at least 1: while the network runs for one, others are read, decoded,
    /// resized or written down. Null for two more than the processor has cores, at most 8.
    /// </summary>
    public int? Ahead { get; init; }

    internal int AheadOrDefault => Ahead ?? Math.Min(Environment.ProcessorCount + 2, 8);

    internal void Validate()
    {
        var wrong = new List<string>();
        if (Batch is < 1 or > 1024)
            wrong.Add(Invariant.Text($"{nameof(Batch)} is {Batch}, expected 1..1024"));
        if (Ahead is < 1 or > 1024)
            wrong.Add(Invariant.Text($"{nameof(Ahead)} is {Ahead}, expected 1..1024"));
        if (wrong.Count > 0)
            throw new ArgumentException("stream options: " + string.Join("; ", wrong));
    }
}

/// <summary>
/// Runs a detector over any number of images: lazily, in order, several decoders feeding one engine. Each group of images is one
/// task that decodes, prepares, runs and decodes the answers; a bounded number of them is under way. The network runs for one at
/// a time, or, in our own engine, for as many as it has threads: each is then done by one thread, which waits for no other.
/// </summary>
internal static class DetectionStream
{
    /// <summary>An image, or the reason why there is none.</summary>
    private sealed class Loaded(FedImage image) : IDisposable
    {
        public ImageSource Source { get; } = image.Source;

        public ImageSource Reader { get; } = image.Reader;

        public Image? Image { get; set; }

        public Exception? Error { get; set; }

        public double DecodeMs { get; set; }

        public Detections? Result { get; set; }

        public void Dispose() => Image?.Dispose();

        public ImageOutcome ToOutcome() => Error is not null
            ? new ImageOutcome(Source, Error)
            : new ImageOutcome(Source, Image!, Result! with { Times = Result!.Times with { DecodeMs = DecodeMs } });
    }

    /// <summary>
    /// Finds objects in one image after the other; see
    /// <see cref="Detector.DetectManyAsync(IEnumerable{ImageSource}, DetectOptions?, StreamOptions?, CancellationToken)"/>.
    /// </summary>
    public static IAsyncEnumerable<ImageOutcome> RunAsync(
        Detector detector, IEnumerable<ImageSource> sources, DetectOptions options, StreamOptions stream,
        CancellationToken cancellationToken)
    {
        int size = stream.Batch ?? detector.PreferredBatch;
        return RunAsync(detector, new SourceFeed(sources, size), size, options, stream, cancellationToken);
    }

    /// <summary>
    /// As above for groups that the caller makes; each is run by itself, a partial one does not wait to be filled.
    /// </summary>
    /// <param name="detector">The detector.</param>
    /// <param name="groups">Groups of images, taken on the thread pool; asking for the next may block.</param>
    /// <param name="options">Rules for the detections to keep.</param>
    /// <param name="stream">Images per run of the network and groups in progress.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public static IAsyncEnumerable<ImageOutcome> RunAsync(
        Detector detector, IEnumerable<IReadOnlyList<ImageSource>> groups, DetectOptions options, StreamOptions stream,
        CancellationToken cancellationToken) =>
        RunAsync(
            detector, new SourceFeed(groups), stream.Batch ?? detector.PreferredBatch, options, stream, cancellationToken);

    private static async IAsyncEnumerable<ImageOutcome> RunAsync(
        Detector detector, SourceFeed feed, int size, DetectOptions options, StreamOptions stream,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DetectionPipeline pipeline = detector.Pipeline(options); // a wrong option is reported here, not once per image
        int most = detector.BatchSize(size);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var turn = new SemaphoreSlim(detector.RunsAtOnce(stream.AheadOrDefault));
        var underWay = new Queue<Task<Loaded[]>>();
        try
        {
            while (true)
            {
                // A camera or a pipe may let us wait for its next image: what is found already is handed out meanwhile.
                underWay.TryPeek(out Task<Loaded[]>? first);
                if (underWay.Count < stream.AheadOrDefault && feed.Next is { } next
                    && (first is null || await Task.WhenAny(next, first).ConfigureAwait(false) == next))
                {
                    if (await next.WaitAsync(cancellationToken).ConfigureAwait(false) is { } group)
                        underWay.Enqueue(
                            Task.Run(() => WorkAsync(pipeline, group, options.Roi, most, turn, stop.Token), stop.Token));
                    feed.Advance();
                    continue;
                }

                if (first is null)
                    break;
                Loaded[] done = await first.ConfigureAwait(false);
                _ = underWay.Dequeue();
                try
                {
                    foreach (Loaded image in done)
                        yield return image.ToOutcome();
                }
                finally
                {
                    Release(done);
                }
            }
        }
        finally
        {
            // A caller that stops early, or an error, leaves groups behind that nobody will see.
            await stop.CancelAsync().ConfigureAwait(false);
            await feed.CloseAsync().ConfigureAwait(false);
            foreach (Task<Loaded[]> left in underWay)
                await left.ContinueWith(
                    static t => Release(t.IsCompletedSuccessfully ? t.Result : []), TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private static async Task<Loaded[]> WorkAsync(
        DetectionPipeline pipeline, FedImage[] group, PixelRect? roi, int most, SemaphoreSlim turn,
        CancellationToken cancellationToken)
    {
        Loaded[] loaded = [.. group.Select(static image => new Loaded(image))];
        try
        {
            await Task.WhenAll(loaded.Select(one => LoadAsync(one, roi, cancellationToken))).ConfigureAwait(false);
            foreach (Loaded[] part in loaded.Where(l => l.Image is not null).Chunk(most))
            {
                ImageAnswer[] answers = await pipeline.RunAsync(
                    new Frames([.. part.Select(l => l.Image!)]), turn, cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < part.Length; i++)
                    (part[i].Result, part[i].Error) = (answers[i].Result, answers[i].Error);
            }

            return loaded;
        }
        catch
        {
            Release(loaded);
            throw;
        }
    }

    private static async Task LoadAsync(Loaded one, PixelRect? roi, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            one.Image = await one.Reader.OpenAsync(null, cancellationToken).ConfigureAwait(false);
            CheckRoi(one.Image, roi);
            one.DecodeMs = StageClock.Ms(start);
        }
        catch (Exception e) when (e is ImageContentException or IOException or UnauthorizedAccessException or HttpRequestException
            or TimeoutException or ArgumentException)
        {
            one.Dispose();
            (one.Image, one.Error) = (null, e);
        }
    }

    /// <exception cref="ArgumentException">The region does not lie in the image.</exception>
    internal static void CheckRoi(Image image, PixelRect? roi)
    {
        if (roi is { } r && (r.X < 0 || r.Y < 0 || r.IsEmpty || r.Right > image.Width || r.Bottom > image.Height))
        {
            throw new ArgumentException(Invariant.Text(
                $"the region of interest {r.X},{r.Y},{r.Width},{r.Height} (x,y,w,h) is not inside the image of "
                    + $"{image.Width}×{image.Height} pixels"));
        }
    }

    private static void Release(Loaded[] group)
    {
        foreach (Loaded loaded in group)
            loaded.Dispose();
    }
}

/// <summary>Outcome of one image among many: results, or the reason why there are none.</summary>
public sealed class ImageOutcome
{
    internal ImageOutcome(ImageSource source, Image image, Detections result) =>
        (Source, Image, Result) = (source, image, result);

    internal ImageOutcome(ImageSource source, Exception error) => (Source, Error) = (source, error);

    /// <summary>Source of the image.</summary>
    public ImageSource Source { get; }

    /// <summary>The pixels; valid until the next outcome is asked for. Null if it failed.</summary>
    public Image? Image { get; }

    /// <summary>Objects that were found; null if the image failed.</summary>
    public Detections? Result { get; }

    /// <summary>Why it failed; null if it did not.</summary>
    public Exception? Error { get; }

    /// <summary>True if there are results.</summary>
    [MemberNotNullWhen(true, nameof(Image), nameof(Result))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
