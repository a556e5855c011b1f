using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RfDetr.Serve;

/// <summary>
/// The server's own instruments; ASP.NET Core and the runtime bring theirs. Models are named by configured names only.
/// </summary>
internal sealed class ServeMetrics : IDisposable
{
    public const string MeterName = "RfDetr.Serve";

    // Dashboards know the word with two l.
    private const string CanceledName = "rfdetr.cancel" + "led";

    /// <summary>Seconds, from a millisecond to a minute.</summary>
    public static readonly double[] TimeBuckets =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60];

    public static readonly double[] BatchBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    private readonly Meter _meter = new(MeterName);
    private readonly ConcurrentDictionary<string, Observer> _observers = new(StringComparer.Ordinal);
    private readonly Counter<long> _pictures, _rejected, _canceled, _detections, _dropped;
    private readonly Histogram<double> _inference, _decode, _postprocess, _wait;
    private readonly Histogram<int> _batch;
    private Func<IReadOnlyList<LoadedModel>> _models = () => [];

    public ServeMetrics()
    {
        _pictures = _meter.CreateCounter<long>("rfdetr.pictures", null, "Images that were answered, by outcome.");
        _rejected = _meter.CreateCounter<long>("rfdetr.rejected", null, "Requests that were refused, by reason.");
        _canceled = _meter.CreateCounter<long>(CanceledName, null, "Requests whose client went away.");
        _detections = _meter.CreateCounter<long>("rfdetr.detections", null, "Objects in answers.");
        _dropped = _meter.CreateCounter<long>("rfdetr.stream.dropped", null, "Frames that a newer one replaced.");
        _inference = _meter.CreateHistogram<double>("rfdetr.inference.duration", "s", "Time of a run of the network.");
        _decode = _meter.CreateHistogram<double>("rfdetr.decode.duration", "s", "Time to decode and prepare an image.");
        _postprocess = _meter.CreateHistogram<double>("rfdetr.postprocess.duration", "s", "Time from outputs to detections.");
        _wait = _meter.CreateHistogram<double>("rfdetr.queue.wait.duration", "s", "Time of an image in the queue.");
        _batch = _meter.CreateHistogram<int>("rfdetr.batch.size", null, "Images of a run.");
        _meter.CreateObservableGauge(
            "rfdetr.queue.length", () => Each(m => (long)m.Batcher.Waiting), null, "Images that wait.");
        _meter.CreateObservableGauge("rfdetr.models.loaded", () => _models().Count, null, "Models in memory.");
        _meter.CreateObservableGauge("rfdetr.model.memory", () => Each(m => m.Bytes), "By", "Memory of a model.");
    }

    /// <summary>Sets the models that the gauges look at.</summary>
    public void Watch(Func<IReadOnlyList<LoadedModel>> models) => _models = models;

    /// <summary>The observer of a model's runs.</summary>
    public IBatchObserver Of(string model) => _observers.GetOrAdd(model, name =>
    {
        Begin(Tag(name));
        return new Observer(this, name);
    });

    /// <summary>An image was answered.</summary>
    public void Answered(string model, Detections found)
    {
        KeyValuePair<string, object?> tag = Tag(model);
        _pictures.Add(1, tag, new("outcome", "ok"));
        _detections.Add(found.Items.Count, tag);
        _decode.Record((found.Times.DecodeMs + found.Times.PreprocessMs) / 1000, tag);
        _postprocess.Record(found.Times.PostprocessMs / 1000, tag);
    }

    /// <summary>An image failed.</summary>
    public void Failed(string model, string outcome) => _pictures.Add(1, Tag(model), new("outcome", outcome));

    public void Rejected(string? model, string reason) => _rejected.Add(1, Tag(model ?? ""), new("reason", reason));

    public void Canceled(string? model) => _canceled.Add(1, Tag(model ?? ""));

    public void Dropped(string model, long frames) => _dropped.Add(frames, Tag(model));

    public void Dispose() => _meter.Dispose();

    // A counter that appears with its first event has no rate at that time: the event that matters most would be missed.
    private void Begin(KeyValuePair<string, object?> model)
    {
        _pictures.Add(0, model, new("outcome", "ok"));
        _detections.Add(0, model);
        _canceled.Add(0, model);
        _dropped.Add(0, model);
        foreach (string reason in (string[])[ErrorCodes.Overloaded, ErrorCodes.Deadline])
            _rejected.Add(0, model, new("reason", reason));
    }

    private static KeyValuePair<string, object?> Tag(string model) => new("model", model);

    private IEnumerable<Measurement<long>> Each(Func<LoadedModel, long> value) =>
        _models().Select(m => new Measurement<long>(value(m), Tag(m.Name)));

    private sealed class Observer(ServeMetrics owner, string model) : IBatchObserver
    {
        public void Ran(int images, double runMs, IReadOnlyList<double> queuedMs)
        {
            KeyValuePair<string, object?> tag = Tag(model);
            owner._inference.Record(runMs / 1000, tag);
            owner._batch.Record(images, tag);
            foreach (double ms in queuedMs)
                owner._wait.Record(ms / 1000, tag);
        }
    }
}
