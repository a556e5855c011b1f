using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using RfDetr.Tests.House;

namespace RfDetr.Jobs.Tests;

/// <summary>Every metric of ours on the dashboard is one that a worker has, and it reaches a collector.</summary>
[Collection(S3Collection.Name)] // variables of the environment
public sealed partial class JobDashboardTests
{
    [Fact]
    public void Metrics_are_those_of_a_worker()
    {
        string text = File.ReadAllText(Path.Combine(Checkout.Root, "deploy", "grafana", "rfdetr-jobs.json"));
        using (JsonDocument.Parse(text))
        {
        }

        HashSet<string> named = [.. Metric().Matches(text).Select(m => m.Value)];
        named.Count.ShouldBeGreaterThan(5);
        HashSet<string> known = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == JobMetrics.MeterName)
                known.UnionWith(PrometheusNames(instrument));
        };
        using var metrics = new JobMetrics("dashboard");
        listener.Start();
        named.Except(known).ShouldBeEmpty();
        text.ShouldContain("job_name=~"); // what becomes of the tag job.name
    }

    [Fact]
    public async Task A_collector_that_the_environment_names_gets_them()
    {
        var got = new ConcurrentQueue<string>();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        await using WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            got.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
        });
        await collector.StartAsync();
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single());
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        try
        {
            using IDisposable? telemetry = JobTelemetry.Start();
            telemetry.ShouldNotBeNull();
            using var metrics = new JobMetrics("a-job-of-its-own");
            metrics.Leased();
            metrics.ImageDone(3);
            metrics.Released("done", 1.5);
        }
        finally
        {
            Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", null);
            Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL", null);
        }

        string all = string.Concat(got);
        all.ShouldContain("rfdetr.jobs.images");
        all.ShouldContain("rfdetr.jobs.shard.duration");
        all.ShouldContain("a-job-of-its-own");
        JobTelemetry.Start().ShouldBeNull("nothing is sent unless somebody asked for it");
    }

    // The rules of OpenTelemetry for Prometheus' names.
    private static IEnumerable<string> PrometheusNames(Instrument instrument)
    {
        string name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
        return instrument switch
        {
            Counter<long> => [name + "_total"],
            Histogram<double> => [name + "_bucket", name + "_count", name + "_sum"],
            _ => [name],
        };
    }

    [GeneratedRegex(@"\brfdetr_jobs_[a-z_]+\b")]
    private static partial Regex Metric();
}
