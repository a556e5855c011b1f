using System.Runtime.ExceptionServices;
using RfDetr.Cli.Framework;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>Average precision of one model under different quantization policies, always on the same images.</summary>
/// <param name="model">The checkpoint.</param>
/// <param name="options">What all detectors share.</param>
/// <param name="split">The data.</param>
/// <param name="most">How many of its images are looked at.</param>
/// <param name="bar">Shows how far a measurement has come.</param>
internal sealed class PrecisionMeter(string model, ModelOptions options, int threads, DataSplit split, int most, IProgressBar bar)
{
    /// <summary>The first images of the split.</summary>
    public IReadOnlyList<LabeledImage> Images { get; } = [.. split.Images.Take(most)];

    /// <summary>What <see cref="MeasureAsync"/> returns; known after the first measurement.</summary>
    public string Measure { get; private set; } = "";

    /// <summary>Said before what the progress bar shows.</summary>
    public string Note { get; set; } = "";

    /// <summary>AP of masks where model and data have them, else of boxes; 0..1.</summary>
    public async Task<double> MeasureAsync(QuantizationPolicy policy, CancellationToken cancellation)
    {
        using Detector detector = await Detector.LoadAsync(
            model, options with { Quantization = policy }, new Engine.Cpu { Threads = threads }, cancellation).ConfigureAwait(false);
        ClassMatching classes = ClassMatching.ByName(detector.Model.Classes, split);
        bool masks = detector.Model.Has(Head.Masks) && split.HasMasks;
        Measure = FormattableString.Invariant($"AP of {(masks ? "masks" : "boxes")} on {Images.Count} images of '{split.Name}'");
        var evaluation = new DetectionEvaluation(split.Classes, masks);
        var everything = new DetectOptions { ScoreThreshold = 0, Heads = masks ? null : [Head.Boxes] };
        int next = 0;
        await foreach (ImageOutcome outcome in detector.DetectManyAsync(
            Images.Select(ImageSource (p) => new FileImage(p.File)), everything, new StreamOptions { Batch = 1 }, cancellation).ConfigureAwait(false))
        {
            LabeledImage image = Images[next++];
            if (!outcome.Succeeded)
                ExceptionDispatchInfo.Throw(outcome.Error); // precision of a part would look like that of the whole
            evaluation.Add(image, classes.Found(image, outcome.Result));
            bar.Report(next, Images.Count, Note);
        }

        return evaluation.Complete(cancellation).Main.Metrics.AveragePrecision();
    }
}
