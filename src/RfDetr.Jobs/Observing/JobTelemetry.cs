using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace RfDetr.Jobs;

/// <summary>
/// Sends a worker's metrics to an OpenTelemetry collector, if the usual variables name one: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>,
/// with <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c> and so on.
/// Workers come and go, and listen on nothing: they push.
/// </summary>
internal static class JobTelemetry
{
    private static readonly string[] s_endpoints =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    // A shard takes seconds to minutes.
    private static readonly double[] s_seconds = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200];

    /// <summary>Starts sending; what is left is sent when the result is disposed. Null where no collector is named.</summary>
    public static IDisposable? Start()
    {
        if (!s_endpoints.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }))
            return null;
        return Sdk.CreateMeterProviderBuilder()
            .AddMeter(JobMetrics.MeterName)
            .AddView("rfdetr.jobs.shard.duration", new ExplicitBucketHistogramConfiguration { Boundaries = s_seconds })
            .ConfigureResource(r => r.AddService("rfdetr-jobs", serviceInstanceId: new WorkerOptions().Worker))
            .AddOtlpExporter()
            .Build();
    }
}
