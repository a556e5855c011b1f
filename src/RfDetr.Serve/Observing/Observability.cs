using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace RfDetr.Serve;

/// <summary>Metrics and traces by OpenTelemetry: text on <c>/metrics</c>, and to a collector where one is named.</summary>
internal static class Observability
{
    public static void Add(IServiceCollection services, ServeOptions options)
    {
        global::OpenTelemetry.OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("rfdetr", serviceVersion: ServerState.Version))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(ServeMetrics.MeterName)
                    .AddAspNetCoreInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddView(Buckets)
                    .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0);
                if (options.OtlpEndpoint is { } endpoint)
                    metrics.AddOtlpExporter(exporter => exporter.Endpoint = endpoint);
            });
        if (options.OtlpEndpoint is { } collector)
        {
            telemetry.WithTracing(tracing => tracing
                .AddSource(Telemetry.SourceName)
                .AddAspNetCoreInstrumentation(http => http.Filter = context => !IsProbe(context.Request.Path))
                .AddOtlpExporter(exporter => exporter.Endpoint = collector));
        }
    }

    public static void Map(WebApplication app)
    {
        KeyGate keys = app.Services.GetRequiredService<KeyGate>();
        app.MapPrometheusScrapingEndpoint("/metrics", null, branch => branch.Use(next => context =>
        {
            keys.Require(context, Rights.Metrics);
            return next(context);
        }), null);
    }

    private static bool IsProbe(PathString path) => path.Value is "/healthz" or "/readiness" or "/metrics";

    private static MetricStreamConfiguration? Buckets(System.Diagnostics.Metrics.Instrument instrument)
    {
        if (instrument.Meter.Name != ServeMetrics.MeterName)
            return null;
        return instrument.Name.EndsWith(".duration", StringComparison.Ordinal)
            ? new ExplicitBucketHistogramConfiguration { Boundaries = ServeMetrics.TimeBuckets }
            : instrument.Name == "rfdetr.batch.size"
                ? new ExplicitBucketHistogramConfiguration { Boundaries = ServeMetrics.BatchBuckets }
                : null;
    }
}
