using System.Diagnostics;

namespace RfDetr.Tools;

/// <summary>
/// Measures a model on this machine: every stage's times, throughput, memory, and how far the machine itself can be trusted.
/// </summary>
public static class Benchmark
{
    /// <summary>Loads a model and measures it. Takes as long as the options say; nothing else should run meanwhile.</summary>
    /// <param name="model">As for <see cref="ModelReference.Parse"/>.</param>
    /// <param name="images">Shown in turn, again from the first after the last.</param>
    /// <param name="modelOptions">Meaning of the model; null for what the file says.</param>
    /// <param name="engine">Engine that runs it; null for <see cref="Engine.Auto"/>.</param>
    /// <param name="options">Conditions of the measurement; null for the defaults.</param>
    /// <param name="progress">Told a few times a second at most.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or there is no image.</exception>
    /// <exception cref="ImageContentException">An image cannot be decoded.</exception>
    public static BenchmarkReport Run(
        string model, ImageSet images, ModelOptions? modelOptions = null, Engine? engine = null, BenchmarkOptions? options = null,
        IProgress<BenchmarkProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        ArgumentNullException.ThrowIfNull(images);
        options ??= new BenchmarkOptions();
        options.Validate();

        long before = ProcessFacts.ResidentBytes;
        long start = Stopwatch.GetTimestamp();
        using Detector detector = Detector.Load(model, modelOptions, engine);
        double loadMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        long after = ProcessFacts.ResidentBytes;

        start = Stopwatch.GetTimestamp();
        using (Image image = images.Decode(0))
            _ = detector.Detect(image, null, cancellationToken);
        double firstCallMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        List<BenchmarkSeries> series = Measure(detector, images, options, progress, cancellationToken);
        return new BenchmarkReport
        {
            SchemaVersion = BenchmarkReport.CurrentSchema,
            MeasuredAt = DateTimeOffset.UtcNow,
            Environment = EnvironmentProbe.Look(detector.Model.Engine, detector.Engine),
            Model = Describe(detector),
            Images = images.Summary,
            Options = options,
            LoadMs = loadMs,
            FirstCallMs = firstCallMs,
            Memory = new(before, after, ProcessFacts.PeakBytes),
            Series = series,
        };
    }

    private static List<BenchmarkSeries> Measure(
        Detector detector, ImageSet images, BenchmarkOptions options, IProgress<BenchmarkProgress>? progress,
        CancellationToken cancellationToken)
    {
        var all = new List<BenchmarkSeries>();
        int count = options.Batches.Count * options.Callers.Count;
        foreach (int batch in options.Batches)
        {
            foreach (int callers in options.Callers)
            {
                int index = all.Count;
                var runner = new SeriesRunner(detector, images, options, batch, callers);
                all.Add(runner.Run(done => progress?.Report(new(batch, callers, (index + done) / count)), cancellationToken));
            }
        }

        return all;
    }

    private static BenchmarkModel Describe(Detector detector)
    {
        ModelInfo card = detector.Model;
        (string sha256, long bytes) = ModelFileDigest.Of(detector.Reference, detector.Options.AcceptLicense);
        return new BenchmarkModel
        {
            Name = card.Name,
            Variant = card.Variant,
            Sha256 = sha256,
            Bytes = bytes,
            InputHeight = card.InputHeight,
            InputWidth = card.InputWidth,
            HasMasks = card.Has(Head.Masks),
            ResizeRule = card.ResizeRule.ToString(),
            NumSelect = card.NumSelect,
            Precision = detector.Engine.PrecisionOf(card, detector.Reference is ModelReference.Onnx),
        };
    }
}

/// <summary>Progress of a measurement.</summary>
/// <param name="Batch">Images per call of the series under way.</param>
/// <param name="Callers">Callers of the series under way.</param>
/// <param name="Done">Part of all series, 0..1.</param>
public readonly record struct BenchmarkProgress(int Batch, int Callers, double Done);
