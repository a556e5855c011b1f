using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RfDetr;

/// <summary>
/// Names of what the library tells .NET's diagnostics (OpenTelemetry, <c>dotnet-counters</c>). It costs next to nothing while
/// nobody listens.
/// </summary>
public static class Telemetry
{
    /// <summary>
    /// Name of the <see cref="ActivitySource"/> (one activity <c>rfdetr.detect</c> per run of a network, tags <c>rfdetr.batch</c>
    /// and <c>rfdetr.model</c>) and of the <see cref="Meter"/>: the histograms <c>rfdetr.detect.duration</c> in milliseconds per
    /// image, with the tag <c>stage</c> (<c>preprocess</c>, <c>inference</c>, <c>postprocess</c>), and the counters
    /// <c>rfdetr.detect.images</c> and <c>rfdetr.detect.objects</c>.
    /// </summary>
    public const string SourceName = "RfDetr";

    private static readonly string? s_version = typeof(Telemetry).Assembly.GetName().Version?.ToString(3);
    private static readonly ActivitySource s_source = new(SourceName, s_version);
    private static readonly Meter s_meter = new(SourceName, s_version);

    private static readonly Histogram<double> s_duration =
        s_meter.CreateHistogram<double>("rfdetr.detect.duration", "ms", "Time of a stage for one image.");

    private static readonly Counter<long> s_images =
        s_meter.CreateCounter<long>("rfdetr.detect.images", "{image}", "Images that a network saw.");
    private static readonly Counter<long> s_objects =
        s_meter.CreateCounter<long>("rfdetr.detect.objects", "{object}", "Objects that were kept.");

    private static readonly KeyValuePair<string, object?>
        s_preprocess = new("stage", "preprocess"), s_inference = new("stage", "inference"),
        s_postprocess = new("stage", "postprocess");

    /// <summary>Begins the activity of one run; null while nobody listens.</summary>
    internal static Activity? Start(string model, int batch)
    {
        Activity? activity = s_source.StartActivity("rfdetr.detect");
        return activity?.SetTag("rfdetr.model", model).SetTag("rfdetr.batch", batch);
    }

    /// <summary>Counts one image.</summary>
    internal static void Add(Detections found)
    {
        s_images.Add(1);
        s_objects.Add(found.Items.Count);
        if (!s_duration.Enabled)
            return;
        s_duration.Record(found.Times.PreprocessMs, s_preprocess);
        s_duration.Record(found.Times.InferenceMs, s_inference);
        s_duration.Record(found.Times.PostprocessMs, s_postprocess);
    }
}
