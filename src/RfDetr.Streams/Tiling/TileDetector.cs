using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RfDetr.Streams;

/// <summary>
/// Finds small objects in large images: the image is cut into overlapping tiles, the network runs over them in batches, and what
/// several of them saw becomes one object, masks as run lengths. Safe for any number of threads at once.
/// </summary>
public sealed class TileDetector
{
    // The first look also counts objects that it is not sure of: a closer look may be.
    private const float HintThreshold = 0.1f;

    // The sides of objects, in pixels of the network's input, below which a closer look pays: COCO's limit of small objects.
    private const double SmallSide = 32;

    // More tiles than this are not chosen by ourselves.
    private const int MostOwnTiles = 64;

    private readonly Detector _detector;
    private readonly TileDetectorOptions _options;
    private readonly TileMerger _merger;

    /// <summary>A detector of tiles.</summary>
    /// <param name="detector">Looks at the tiles; must live as long as it is used here.</param>
    /// <param name="options">Tiles and merging; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TileDetector(Detector detector, TileDetectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(detector);
        _options = options ?? new TileDetectorOptions();
        _options.Validate();
        (_detector, _merger) = (detector, new TileMerger(_options.Merge));
    }

    /// <summary>Finds objects in an image.</summary>
    /// <exception cref="ArgumentException">The options ask for a region of interest, or the tiles do not fit.</exception>
    public Detections Detect(Image image, DetectOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Detect(image.Frame, options, cancellation);
    }

    /// <summary>Finds objects in raw pixels.</summary>
    /// <exception cref="ArgumentException">The options ask for a region of interest, or the tiles do not fit.</exception>
    public Detections Detect(PixelFrame frame, DetectOptions? options = null, CancellationToken cancellation = default) =>
        Run(frame, options ?? DetectOptions.Default, cancellation, null);

    /// <summary>
    /// Finds objects in one image after the other, lazily and in order; the next is read while the network runs. An image that
    /// cannot be read is an outcome with an error and does not end the stream.
    /// </summary>
    /// <param name="sources">The images.</param>
    /// <param name="options">What to keep; null for the defaults.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public async IAsyncEnumerable<ImageOutcome> DetectManyAsync(
        IEnumerable<ImageSource> sources, DetectOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        options ??= DetectOptions.Default;
        Task<Image>? next = null;
        ImageSource? waiting = null;
        try
        {
            foreach (ImageSource? source in sources.Append(null))
            {
                (ImageSource? now, Task<Image>? reading) = (waiting, next);
                waiting = source;
                next = source is null ? null : Task.Run(() => source.OpenAsync(null, cancellation), cancellation);
                if (now is null)
                    continue;
                ImageOutcome outcome = await LookAsync(now, reading!, options, cancellation).ConfigureAwait(false);
                yield return outcome;
                if (outcome.Succeeded)
                    outcome.Image.Dispose();
            }
        }
        finally
        {
            if (next is not null)
            {
                await next.ContinueWith(
                    static t => (t.IsCompletedSuccessfully ? t.Result : null)?.Dispose(), TaskScheduler.Default)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task<ImageOutcome> LookAsync(
        ImageSource source, Task<Image> reading, DetectOptions options, CancellationToken cancellation)
    {
        Image? image = null;
        try
        {
            long start = Stopwatch.GetTimestamp();
            image = await reading.ConfigureAwait(false);
            double decodeMs = StageClock.Ms(start);
            Detections found = await Task.Run(() => Detect(image, options, cancellation), cancellation).ConfigureAwait(false);
            return new ImageOutcome(source, image, found with { Times = found.Times with { DecodeMs = decodeMs } });
        }
        catch (Exception e) when (e is ImageContentException or IOException or UnauthorizedAccessException or HttpRequestException
            or TimeoutException or NetworkOutputException)
        {
            image?.Dispose();
            return new ImageOutcome(source, e);
        }
    }

    /// <summary>The tiles of an image, in the order in which they are looked at.</summary>
    /// <exception cref="ArgumentException">There would be too many.</exception>
    public IReadOnlyList<PixelRect> TilesOf(int width, int height) =>
        TileGrid.Of(width, height, _options.Tiles ?? Own(width, height));

    /// <summary>Finds objects in raw pixels; the network runs for one caller at a time.</summary>
    internal Detections Run(PixelFrame frame, DetectOptions options, CancellationToken cancellation, SemaphoreSlim? turn)
    {
        if (options.Roi is not null)
            throw new ArgumentException("tiles and a region of interest exclude each other; cut the image first");
        DetectionPipeline pipeline = _detector.Pipeline(options);
        var image = new PixelRect(0, 0, frame.Width, frame.Height);
        IReadOnlyList<PixelRect> tiles = TilesOf(frame.Width, frame.Height);
        if (tiles.Count == 1)
            return Look(frame, [image], pipeline, cancellation, turn)[0];

        List<(PixelRect Tile, Detections Found)> seen = [];
        if (_options.Choice == TileChoice.WhereNeeded)
        {
            Detections first = FirstLook(frame, image, options, cancellation, turn, out Detections hints);
            tiles = Needed(tiles, hints);
            if (tiles.Count == 0)
                return first;
            if (_options.WholeImage)
                seen.Add((image, first));
        }

        PixelRect[] places = _options.WholeImage && _options.Choice == TileChoice.All ? [.. tiles, image] : [.. tiles];
        Detections[] found = Look(frame, places, pipeline, cancellation, turn);
        seen.AddRange(places.Zip(found));
        Detections merged = _merger.MergeTiles(seen, frame.Width, frame.Height);

        // The whole image may well use up its queries: the tiles are there for the rest.
        return merged with { IsSaturated = seen.Any(s => s.Found.IsSaturated && s.Tile != image) };
    }

    private Detections FirstLook(
        PixelFrame frame, PixelRect image, DetectOptions options, CancellationToken cancellation, SemaphoreSlim? turn,
        out Detections hints)
    {
        if (options.ScoreThreshold <= HintThreshold)
            return hints = Look(frame, [image], _detector.Pipeline(options), cancellation, turn)[0];
        DetectOptions weaker = options with { ScoreThreshold = HintThreshold };
        hints = Look(frame, [image], _detector.Pipeline(weaker), cancellation, turn)[0];
        return hints with { Items = [.. hints.Items.Where(d => d.Score > options.ScoreThreshold)] };
    }

    // The tiles that hold the middle of a small object; all of them if the queries were used up.
    private List<PixelRect> Needed(IReadOnlyList<PixelRect> tiles, Detections hints)
    {
        if (hints.IsSaturated)
            return [.. tiles];
        double scaleX = (double)_detector.Model.InputWidth / hints.Width;
        double scaleY = (double)_detector.Model.InputHeight / hints.Height;
        BoxXyxy[] small =
        [
            .. hints.Items.Select(d => d.Box).Where(b => Math.Min(b.Width * scaleX, b.Height * scaleY) < SmallSide),
        ];
        return [.. tiles.Where(t => small.Any(b => Holds(t, (b.X1 + b.X2) / 2, (b.Y1 + b.Y2) / 2)))];
    }

    private static bool Holds(PixelRect tile, float x, float y) =>
        x >= tile.X && x < tile.Right && y >= tile.Y && y < tile.Bottom;

    // Tiles of the network's own input size are seen pixel by pixel; of very large images they become larger until they are few.
    private TileOptions Own(int width, int height)
    {
        (int tileWidth, int tileHeight) = (_detector.Model.InputWidth, _detector.Model.InputHeight);
        while (true)
        {
            var options = new TileOptions { Width = tileWidth, Height = tileHeight, Overlap = _options.Overlap };
            if (((long)width / tileWidth + 1) * ((long)height / tileHeight + 1) <= MostOwnTiles)
                return options;
            (tileWidth, tileHeight) = (tileWidth * 3 / 2, tileHeight * 3 / 2);
        }
    }

    private Detections[] Look(
        PixelFrame frame, PixelRect[] places, DetectionPipeline pipeline, CancellationToken cancellation, SemaphoreSlim? turn)
    {
        int batch = _detector.BatchSize(_options.Batch ?? _detector.PreferredBatch);
        var found = new List<Detections>(places.Length);
        for (int i = 0; i < places.Length; i += batch)
        {
            PixelRect[] part = places[i..Math.Min(i + batch, places.Length)];
            found.AddRange(pipeline.Run(new TileFrames(frame, part), cancellation, turn).Select(a => a.ResultOrThrow()));
        }

        return [.. found];
    }

    private readonly ref struct TileFrames(PixelFrame frame, PixelRect[] places) : IFrames
    {
        private readonly PixelFrame _frame = frame;

        public int Count => places.Length;

        public PixelFrame this[int index]
        {
            get
            {
                PixelRect place = places[index];
                return _frame.Crop(place.X, place.Y, place.Width, place.Height);
            }
        }
    }
}
