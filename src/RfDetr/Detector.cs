using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace RfDetr;

/// <summary>
/// RF-DETR, ready to find things: <c>using var detector = Detector.Load("nano"); var found = detector.Detect("street.jpg");</c>
/// </summary>
/// <remarks>Safe for any number of threads at once; results own their memory. Dispose when no call is under way.</remarks>
public sealed class Detector : IDisposable
{
    private readonly INetworkEngine _engine;
    private readonly string _source;

    private Detector(string source, DetectorOptions options, LoadedModel loaded) =>
        (_source, Options, _engine, Model) = (source, options, loaded.Engine, loaded.Card);

    /// <summary>What is loaded: variant, classes, input size, license.</summary>
    public ModelCard Model { get; }

    /// <summary>What it was loaded with.</summary>
    public DetectorOptions Options { get; }

    /// <summary>What was measured and chosen; null unless this detector comes from <see cref="OptimizeForInference"/>.</summary>
    public OptimizationReport? Optimization { get; internal set; }

    /// <summary>Images per run of the network where many are at hand and nobody says otherwise; 1 unless it was chosen by <see cref="OptimizeForInference"/>.</summary>
    public int PreferredBatch => Optimization?.Chosen.Batch ?? 1;

    /// <summary>True if the network runs batches of one size only.</summary>
    internal bool HasFixedBatch => _engine.Sizes.FixedBatch is not null;

    /// <summary>Loads a model.</summary>
    /// <param name="model">A checkpoint (<c>.pth</c>, <c>.pt</c>, <c>.ckpt</c>, <c>.safetensors</c>), an <c>.onnx</c> file, the name of downloaded weights (<c>nano</c> … <c>seg-2xlarge</c>), or one of <see cref="BuiltInModels.Names"/>.</param>
    /// <param name="options">Null for what the file says and the machine has.</param>
    /// <exception cref="FileNotFoundException">There is no such file and no such weights in the cache.</exception>
    /// <exception cref="Checkpoints.CheckpointFormatException">The file is no sound checkpoint.</exception>
    /// <exception cref="Checkpoints.LicenseNotAcceptedException">The weights' license must be accepted first.</exception>
    public static Detector Load(string model, DetectorOptions? options = null)
    {
        options ??= new DetectorOptions();
        return new(model, options, ModelLoader.Load(model, options));
    }

    /// <summary>Loads a model on the thread pool.</summary>
    /// <inheritdoc cref="Load"/>
    public static Task<Detector> LoadAsync(string model, DetectorOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Load(model, options), cancellationToken);

    /// <summary>Another detector of the same model, loaded with other options; this one stays as it is. What the model means is kept where the options do not say it.</summary>
    /// <param name="options">Engine, precision, fixed batch, resolution, provider, threads, ….</param>
    public Detector WithOptions(DetectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Load(_source, options with
        {
            Variant = options.Variant ?? Options.Variant,
            ClassNames = options.ClassNames ?? Options.ClassNames,
            ClassOffset = options.ClassOffset ?? Options.ClassOffset,
            PreferEma = options.PreferEma || Options.PreferEma,
            AcceptLicense = options.AcceptLicense || Options.AcceptLicense,
        });
    }

    /// <summary>
    /// Another detector of the same model that runs as quickly as this machine can: engine, precision (only if allowed), threads, spinning and batch size are
    /// chosen by measuring for a few seconds, with results compared to this detector's. What this one was loaded with by name (an engine, a number of threads)
    /// is kept. The choice is remembered for machine and model. This detector stays as it is, for comparison; nothing else should run meanwhile.
    /// </summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    /// <returns>A detector of its own whose <see cref="Optimization"/> tells what was chosen and why.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The detector runs on <see cref="DetectorOptions.CustomEngine"/>.</exception>
    public Detector OptimizeForInference(OptimizeOptions? options = null, CancellationToken cancellationToken = default) => Options.CustomEngine is null
        ? Optimizer.Run(this, _source, options ?? new OptimizeOptions(), cancellationToken)
        : throw new InvalidOperationException($"a detector with {nameof(DetectorOptions.CustomEngine)} has no other engines to choose from; load it without");

    /// <summary>Optimizes on the thread pool.</summary>
    /// <inheritdoc cref="OptimizeForInference"/>
    public Task<Detector> OptimizeForInferenceAsync(OptimizeOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => OptimizeForInference(options, cancellationToken), cancellationToken);

    /// <summary>Finds objects in an image file.</summary>
    /// <exception cref="ImageContentException">The file is no sound image.</exception>
    public Detections Detect(string path, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        using Image image = Image.Load(path);
        return WithDecode(Detect(image, options, cancellationToken), start);
    }

    /// <summary>Finds objects in an encoded image (JPEG, PNG, WebP, …) in memory.</summary>
    /// <exception cref="ImageContentException">The bytes are no sound image.</exception>
    public Detections Detect(ReadOnlyMemory<byte> encoded, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        using Image image = Image.Decode(encoded.Span);
        return WithDecode(Detect(image, options, cancellationToken), start);
    }

    /// <summary>Finds objects in an image.</summary>
    public Detections Detect(Image image, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Detect(image.Frame, options, cancellationToken);
    }

    /// <summary>Finds objects in raw pixels (RGB, BGR, RGBA, BGRA or gray, with any stride).</summary>
    public Detections Detect(PixelFrame frame, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= DetectOptions.Default;
        var post = new Postprocessor(Model, options, _engine.Sizes);
        using INetworkRun run = _engine.Rent(1);
        long start = Stopwatch.GetTimestamp();
        Prepare(frame, run.Input(0), options);
        long prepared = Stopwatch.GetTimestamp();
        cancellationToken.ThrowIfCancellationRequested();
        run.Execute(cancellationToken);
        long executed = Stopwatch.GetTimestamp();
        Detection[] items = post.Run(run, 0, frame.Width, frame.Height);
        var times = new StageTimes(0, Ms(start, prepared), Ms(prepared, executed), Ms(executed, Stopwatch.GetTimestamp()));
        return new(frame.Width, frame.Height, items, times);
    }

    /// <summary>Finds objects in several images in one run of the network (in several, where the model's batch is fixed).</summary>
    public IReadOnlyList<Detections> Detect(IReadOnlyList<Image> images, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        options ??= DetectOptions.Default;
        var post = new Postprocessor(Model, options, _engine.Sizes);
        var results = new Detections[images.Count];
        int most = _engine.Sizes.FixedBatch ?? Math.Max(images.Count, 1);
        for (int first = 0; first < images.Count; first += most)
            RunBatch(images, first, Math.Min(most, images.Count - first), options, post, results, cancellationToken);
        return results;
    }

    /// <summary>Finds objects in an image file without blocking the caller.</summary>
    /// <exception cref="ImageContentException">The file is no sound image.</exception>
    public async Task<Detections> DetectAsync(string path, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        using Image image = await Image.LoadAsync(path, null, cancellationToken).ConfigureAwait(false);
        return WithDecode(await DetectAsync(image, options, cancellationToken).ConfigureAwait(false), start);
    }

    /// <summary>Finds objects in an image without blocking the caller; the image must live until then.</summary>
    public Task<Detections> DetectAsync(Image image, DetectOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Detect(image, options, cancellationToken), cancellationToken);

    /// <summary>Finds objects in one image file after the other, lazily and in order; the next ones are decoded while the network runs.</summary>
    /// <param name="paths">Image files; read only as far as results are asked for.</param>
    /// <param name="options">What to keep.</param>
    /// <param name="batch">Images per run of the network, at least 1; null for <see cref="PreferredBatch"/>.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="ImageContentException">A file is no sound image; <see cref="DetectionStream.DetectEachAsync"/> goes on after such a one.</exception>
    public async IAsyncEnumerable<(string Path, Detections Result)> DetectManyAsync(
        IEnumerable<string> paths, DetectOptions? options = null, int? batch = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        await foreach (ImageOutcome outcome in this.DetectEachAsync(paths.Select(p => new ImageSource(p)), options, batch, null, cancellationToken).ConfigureAwait(false))
        {
            if (!outcome.Succeeded)
                ExceptionDispatchInfo.Throw(outcome.Error);
            yield return (outcome.Source.Name, outcome.Result);
        }
    }

    /// <summary>Frees the engine.</summary>
    public void Dispose() => _engine.Dispose();

    private void RunBatch(
        IReadOnlyList<Image> images, int first, int count, DetectOptions options, Postprocessor post, Detections[] results, CancellationToken cancellationToken)
    {
        using INetworkRun run = _engine.Rent(count);
        var prepareMs = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Prepare(images[first + i].Frame, run.Input(i), options);
            prepareMs[i] = Ms(start, Stopwatch.GetTimestamp());
        }

        long began = Stopwatch.GetTimestamp();
        run.Execute(cancellationToken);
        double share = Ms(began, Stopwatch.GetTimestamp()) / count;
        for (int i = 0; i < count; i++)
        {
            Image image = images[first + i];
            long start = Stopwatch.GetTimestamp();
            Detection[] items = post.Run(run, i, image.Width, image.Height);
            results[first + i] = new(image.Width, image.Height, items, new(0, prepareMs[i], share, Ms(start, Stopwatch.GetTimestamp())));
        }
    }

    private void Prepare(PixelFrame frame, Span<float> input, DetectOptions options)
    {
        PixelFrame view = options.Roi is { } roi ? frame.Crop(roi.X, roi.Y, roi.Width, roi.Height) : frame;
        Preprocessor.Run(view, input, Model.InputHeight, Model.InputWidth, options.ResizeRule ?? Model.ResizeRule, Model.Normalization);
    }

    private static Detections WithDecode(Detections result, long start)
    {
        StageTimes t = result.Times;
        double decode = Ms(start, Stopwatch.GetTimestamp()) - t.PreprocessMs - t.InferenceMs - t.PostprocessMs;
        return result with { Times = t with { DecodeMs = Math.Max(decode, 0) } };
    }

    private static double Ms(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
}
