using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace RfDetr;

/// <summary>
/// RF-DETR, ready to find things: <c>using var detector = Detector.Load("nano"); var found = detector.Detect("street.jpg");</c>
/// </summary>
/// <remarks>
/// Safe for any number of threads at once; results own their memory. Disposing lets calls under way end and refuses later ones.
/// </remarks>
public sealed class Detector : IDisposable
{
    private readonly SharedEngine _engine;

    internal Detector(ModelReference reference, ModelOptions options, Engine engine, INetworkEngine started, ModelInfo model)
    {
        (Reference, Options, Engine, _engine) = (reference, options, engine, new SharedEngine(started));
        Model = model with { Engine = started.Description };
    }

    /// <summary>The loaded model: variant, classes, heads, input size, license.</summary>
    public ModelInfo Model { get; }

    /// <summary>The model argument it was loaded with.</summary>
    public ModelReference Reference { get; }

    /// <summary>The options it was loaded with.</summary>
    public ModelOptions Options { get; }

    /// <summary>The engine it was loaded with; <see cref="ModelInfo.Engine"/> describes what runs.</summary>
    public Engine Engine { get; }

    /// <summary>
    /// Report of what was measured and chosen; null unless this detector comes from <see cref="OptimizeForInference"/>.
    /// </summary>
    public OptimizationReport? Optimization { get; internal set; }

    /// <summary>
    /// Images per run of the network where many are at hand and nobody says otherwise; 1 unless it was chosen by
    /// <see cref="OptimizeForInference"/>.
    /// </summary>
    public int PreferredBatch => Optimization?.Chosen.Batch ?? 1;

    /// <summary>True if the network runs batches of one size only.</summary>
    internal bool HasFixedBatch => _engine.Contract.FixedBatch is not null;

    /// <summary>Loads a model.</summary>
    /// <param name="model">
    /// A checkpoint (<c>.pth</c>, <c>.pt</c>, <c>.ckpt</c>, <c>.safetensors</c>), an <c>.onnx</c> file, the name of downloaded
    /// weights (<c>nano</c> … <c>seg-2xlarge</c>), or one of <see cref="BuiltInModels.Names"/>.
    /// </param>
    /// <param name="options">Meaning of the model; null for what the file says.</param>
    /// <param name="engine">Engine that runs it; null for <see cref="Engine.Auto"/>.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, contradicts the file, or the engine does not run such a model.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file and no such weights in the cache.</exception>
    /// <exception cref="Checkpoints.CheckpointFormatException">The file is not a valid checkpoint.</exception>
    /// <exception cref="Onnx.OnnxFormatException">The file is not a valid ONNX model.</exception>
    /// <exception cref="Checkpoints.LicenseNotAcceptedException">The weights' license must be accepted first.</exception>
    public static Detector Load(string model, ModelOptions? options = null, Engine? engine = null) =>
        Load(ModelReference.Parse(model), options, engine);

    /// <inheritdoc cref="Load(string, ModelOptions, Engine)"/>
    public static Detector Load(ModelReference model, ModelOptions? options = null, Engine? engine = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new ModelOptions();
        engine ??= Engine.Auto;
        engine.Validate();
        using var package = ModelPackage.Open(model, engine.Adapt(options));
        INetworkEngine started = engine.Start(package);
        try
        {
            return new(model, options, engine, started, package.Describe(started.Contract));
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>Loads a model on the thread pool.</summary>
    /// <inheritdoc cref="Load(string, ModelOptions, Engine)"/>
    public static Task<Detector> LoadAsync(
        string model, ModelOptions? options = null, Engine? engine = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Load(model, options, engine), cancellationToken);

    /// <summary>
    /// Another detector of the same model on another engine. What the model means is kept; this one stays as it is.
    /// </summary>
    /// <param name="engine">Engine that runs it.</param>
    public Detector WithEngine(Engine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Load(Reference, Options, engine);
    }

    /// <summary>
    /// Another detector of the same model that runs as quickly as this machine can: engine, precision (only if allowed), threads,
    /// spinning and batch size are chosen by measuring for a few seconds, with results compared to this detector's. What this one
    /// was loaded with by name (an engine, a number of threads) is kept. The choice is remembered for machine and model. This
    /// detector stays as it is, for comparison; nothing else should run meanwhile.
    /// </summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    /// <returns>A detector of its own whose <see cref="Optimization"/> tells what was chosen and why.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The detector runs on an <see cref="Engine.Custom"/>.</exception>
    public Detector OptimizeForInference(OptimizeOptions? options = null, CancellationToken cancellationToken = default) =>
        Engine is not Engine.Custom
        ? Optimizer.Run(this, options ?? new OptimizeOptions(), cancellationToken)
        : throw new InvalidOperationException(
            "a detector on a custom engine has no other engines to choose from; load it without");

    /// <summary>Optimizes on the thread pool.</summary>
    /// <inheritdoc cref="OptimizeForInference"/>
    public Task<Detector> OptimizeForInferenceAsync(
        OptimizeOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => OptimizeForInference(options, cancellationToken), cancellationToken);

    /// <summary>Finds objects in an image file.</summary>
    /// <exception cref="ImageContentException">The file is not a valid image.</exception>
    public Detections Detect(string path, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        using Image image = Image.Load(path);
        return Detect(image, StageClock.Ms(start), options, cancellationToken);
    }

    /// <summary>Finds objects in an encoded image (JPEG, PNG, WebP, …) in memory.</summary>
    /// <exception cref="ImageContentException">The bytes are not a valid image.</exception>
    public Detections Detect(
        ReadOnlyMemory<byte> encoded, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        using Image image = Image.Decode(encoded.Span);
        return Detect(image, StageClock.Ms(start), options, cancellationToken);
    }

    /// <summary>Finds objects in an image.</summary>
    public Detections Detect(Image image, DetectOptions? options = null, CancellationToken cancellationToken = default) =>
        Detect(image, 0, options, cancellationToken);

    /// <summary>Finds objects in raw pixels (RGB, BGR, RGBA, BGRA or gray, with any stride).</summary>
    public Detections Detect(PixelFrame frame, DetectOptions? options = null, CancellationToken cancellationToken = default) =>
        new DetectionPipeline(_engine, Model, options).Run(new OneFrame(frame), cancellationToken)[0].ResultOrThrow();

    /// <summary>
    /// Finds objects in several images, in runs of <see cref="PreferredBatch"/> images (of the model's own number, where that is
    /// fixed).
    /// </summary>
    /// <exception cref="NetworkOutputException">The network's answer to one of them has values that are not finite.</exception>
    public IReadOnlyList<Detections> Detect(
        IReadOnlyList<Image> images, DetectOptions? options = null, CancellationToken cancellationToken = default) =>
        Detect(images, PreferredBatch, options, cancellationToken);

    /// <summary>
    /// Finds objects in several images, in runs of <paramref name="batch"/> images (of the model's own number, where that is
    /// fixed).
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="batch">Images per run of the network, at least 1; memory grows with it.</param>
    /// <param name="options">Rules for the detections to keep; null for the defaults.</param>
    /// <param name="cancellationToken">Stops before or while the network runs.</param>
    /// <exception cref="NetworkOutputException">The network's answer to one of them has values that are not finite.</exception>
    public IReadOnlyList<Detections> Detect(
        IReadOnlyList<Image> images, int batch, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var pipeline = new DetectionPipeline(_engine, Model, options);
        var results = new List<Detections>(images.Count);
        foreach (Image[] part in images.Chunk(BatchSize(batch)))
            results.AddRange(pipeline.Run(new Frames(part), cancellationToken).Select(r => r.ResultOrThrow()));
        return results;
    }

    /// <summary>
    /// Prepares an image for a later run: resizes and normalizes it. The image may be disposed afterwards; the prepared one is
    /// the caller's to dispose.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="options">What to keep of this image; null for the defaults.</param>
    /// <param name="decodeMs">Milliseconds that decoding took, for the result's times.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, names a class that the model does not have, or its region does not lie in the image.
    /// </exception>
    public PreparedImage Prepare(Image image, DetectOptions? options = null, double decodeMs = 0)
    {
        ArgumentNullException.ThrowIfNull(image);
        options ??= DetectOptions.Default;
        DetectionStream.CheckRoi(image, options.Roi);
        return new PreparedImage(image.Frame, Model, _engine.Contract, options, decodeMs);
    }

    /// <summary>
    /// Finds objects in prepared images, each with its own options, in one run of the network (in several where the model fixes
    /// the number of images).
    /// </summary>
    /// <param name="images">Images that this detector, or one of the same model, prepared; they stay the caller's.</param>
    /// <param name="cancellationToken">Stops before or while the network runs.</param>
    /// <exception cref="NetworkOutputException">The network's answer to one of them has values that are not finite.</exception>
    public IReadOnlyList<Detections> Detect(
        IReadOnlyList<PreparedImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        foreach (PreparedImage[] part in images.Chunk(Math.Max(1, BatchSize(images.Count))))
            Run(part, cancellationToken);
        return [.. images.Select(image => image.Answer.ResultOrThrow())];
    }

    /// <summary>Finds objects in an image file without blocking the caller.</summary>
    /// <exception cref="ImageContentException">The file is not a valid image.</exception>
    public Task<Detections> DetectAsync(
        string path, DetectOptions? options = null, CancellationToken cancellationToken = default) =>
        DetectAsync(token => Image.LoadAsync(path, null, token), options, cancellationToken);

    /// <summary>Finds objects in an encoded image (JPEG, PNG, WebP, …) in memory without blocking the caller.</summary>
    /// <exception cref="ImageContentException">The bytes are not a valid image.</exception>
    public Task<Detections> DetectAsync(
        ReadOnlyMemory<byte> encoded, DetectOptions? options = null, CancellationToken cancellationToken = default) =>
        DetectAsync(token => Image.DecodeAsync(encoded, null, token), options, cancellationToken);

    /// <summary>
    /// Finds objects in an encoded image that is read from a stream, without blocking the caller; the stream stays open.
    /// </summary>
    /// <exception cref="ImageContentException">The stream does not hold a valid image.</exception>
    public Task<Detections> DetectAsync(
        Stream encoded, DetectOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return DetectAsync(token => Image.LoadAsync(encoded, null, token), options, cancellationToken);
    }

    /// <summary>Finds objects in an image without blocking the caller; the image must live until then.</summary>
    public Task<Detections> DetectAsync(
        Image image, DetectOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Detect(image, options, cancellationToken), cancellationToken);

    /// <summary>
    /// Finds objects in one image after the other, lazily and in order; others are read and decoded while the network runs. An
    /// image that cannot be read, or that the region of interest does not fit, is an outcome with an error and does not end the
    /// stream.
    /// </summary>
    /// <param name="sources">
    /// The images; taken as far as outcomes are asked for, and <see cref="StreamOptions.Ahead"/> groups further.
    /// </param>
    /// <param name="options">Rules for the detections to keep.</param>
    /// <param name="stream">Batch and images in progress; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="ArgumentException">An option is out of range or names a class that the model does not have.</exception>
    public IAsyncEnumerable<ImageOutcome> DetectManyAsync(
        IEnumerable<ImageSource> sources, DetectOptions? options = null, StreamOptions? stream = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        stream ??= new StreamOptions();
        stream.Validate();
        return DetectionStream.RunAsync(this, sources, options ?? DetectOptions.Default, stream, cancellationToken);
    }

    /// <summary>
    /// Finds objects in one image file after the other, as
    /// <see cref="DetectManyAsync(IEnumerable{ImageSource}, DetectOptions?, StreamOptions?, CancellationToken)"/> does, and ends
    /// with the first that cannot be read.
    /// </summary>
    /// <param name="paths">Image files.</param>
    /// <param name="options">Rules for the detections to keep.</param>
    /// <param name="batch">Images per run of the network, at least 1; null for <see cref="PreferredBatch"/>.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="ImageContentException">A file is not a valid image.</exception>
    public async IAsyncEnumerable<(string Path, Detections Result)> DetectManyAsync(
        IEnumerable<string> paths, DetectOptions? options = null, int? batch = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        IAsyncEnumerable<ImageOutcome> outcomes =
            DetectManyAsync(
                paths.Select(ImageSource (p) => new FileImage(p)), options, new StreamOptions { Batch = batch },
                cancellationToken);
        await foreach (ImageOutcome outcome in outcomes.ConfigureAwait(false))
        {
            if (!outcome.Succeeded)
                ExceptionDispatchInfo.Throw(outcome.Error);
            yield return (outcome.Source.Name, outcome.Result);
        }
    }

    /// <summary>Frees the engine.</summary>
    public void Dispose() => _engine.Dispose();

    /// <summary>Images per run: the network's fixed number, else the number that was asked for.</summary>
    internal int BatchSize(int asked) => _engine.Contract.FixedBatch ?? asked;

    /// <summary>Runs of the network at a time that a stream is quickest with, of so many that it holds.</summary>
    internal int RunsAtOnce(int held) => _engine.ThreadsOfOwn is { } threads && threads <= held ? threads : 1;

    /// <summary>The network's input and outputs.</summary>
    internal NetworkContract Contract => _engine.Contract;

    /// <summary>
    /// Bytes of the weights and of the buffers of so many runs at a time; where the engine does not tell, the size of the model's
    /// file.
    /// </summary>
    internal long MemoryBytes(int batch, int runs)
    {
        if (_engine is IMeasuredEngine measured && measured.MemoryBytes(batch, runs) is > 0 and long bytes)
            return bytes;
        string? file = Reference.Locate(acceptLicense: true);
        return file is not null ? new FileInfo(file).Length : BuiltInModels.Bytes(Reference.Text).Length;
    }

    /// <summary>Runs the network once over entries of any kind.</summary>
    internal void Run(IReadOnlyList<INetworkEntry> entries, CancellationToken cancellationToken) =>
        DetectionPipeline.Run(_engine, Model, entries, cancellationToken);

    /// <summary>The running half, for streams that need each image's outcome.</summary>
    internal DetectionPipeline Pipeline(DetectOptions? options) => new(_engine, Model, options);

    private Detections Detect(Image image, double decodeMs, DetectOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        Detections found = Detect(image.Frame, options, cancellationToken);
        return found with { Times = found.Times with { DecodeMs = decodeMs } };
    }

    private async Task<Detections> DetectAsync(
        Func<CancellationToken, Task<Image>> open, DetectOptions? options, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using Image image = await open(cancellationToken).ConfigureAwait(false);
        double decodeMs = StageClock.Ms(start);
        return await Task.Run(() => Detect(image, decodeMs, options, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
