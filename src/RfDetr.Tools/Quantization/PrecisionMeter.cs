using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>Average precision of one model under different quantization policies, always on the same images.</summary>
/// <param name="model">The checkpoint.</param>
/// <param name="options">Options that all detectors share.</param>
/// <param name="split">Labeled images.</param>
/// <param name="most">Largest number of its images to look at; null for all.</param>
internal sealed class PrecisionMeter(string model, ModelOptions options, DataSplit split, int? most = null)
{
    /// <summary>Threads of one run; 0: one for each physical core.</summary>
    public int Threads { get; init; }

    /// <summary>Number of images of one measurement: the first ones of the split.</summary>
    public int Images { get; } = Math.Min(most ?? int.MaxValue, split.Images.Count);

    /// <summary>The measure in words; known after the first measurement.</summary>
    public string Measure { get; private set; } = "";

    /// <summary>Measures one policy: AP of masks where model and data have them, else of boxes; 0..1.</summary>
    /// <param name="policy">The blocks in int8.</param>
    /// <param name="progress">Receives the number of images done.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">The model's classes do not fit the data, or there is no image.</exception>
    public async Task<double> MeasureAsync(
        QuantizationPolicy policy, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        using Detector detector =
            await Detector.LoadAsync(
                model, options with { Quantization = policy }, new Engine.Cpu { Threads = Threads }, cancellationToken)
                .ConfigureAwait(false);
        var evaluate = new EvaluateOptions { MostImages = most };
        DetectorEvaluation found =
            await Evaluator.RunAsync(detector, split, evaluate, progress, cancellationToken).ConfigureAwait(false);
        string kind = found.Summary.Masks is null ? "boxes" : "masks";
        Measure = Invariant.Text($"AP of {kind} on {Images} images of '{split.Name}'");
        return found.Summary.Main.Metrics.AveragePrecision();
    }
}
