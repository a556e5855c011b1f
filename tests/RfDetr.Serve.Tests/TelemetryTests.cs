using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace RfDetr.Serve.Tests;

/// <summary>The program as a process of its own, with a collector: what it measures arrives there.</summary>
public class TelemetryTests
{
    [SkippableFact]
    public async Task Metrics_and_traces_reach_the_collector_at_the_latest_when_the_program_ends()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        await using Collector collector = await Collector.StartAsync();
        using Process program = Start("--port", "0", "--drain", "0", "--threads", "1", "--otlp", collector.Address.ToString());
        try
        {
            Uri address = await ListeningAsync(program);
            using (var client = new HttpClient { BaseAddress = address })
            {
                using HttpResponseMessage found = await client.PostAsync("/detect", TestServer.Body(Scenes.Jpeg, "image/jpeg"));
                found.StatusCode.ShouldBe(HttpStatusCode.OK);
                (await client.GetStringAsync("/model/registry?api_key=topsecret")).ShouldContain("demo");
                (await client.GetStringAsync("/healthz")).ShouldContain("ok");
            }

            using (Process kill = Process.Start("kill", ["-TERM", program.Id.ToString(CultureInfo.InvariantCulture)])!)
                await kill.WaitForExitAsync();
            await program.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            program.ExitCode.ShouldBe(0);
        }
        finally
        {
            if (!program.HasExited)
                program.Kill();
        }

        foreach (string name in (string[])
            [
                "rfdetr.pictures", "rfdetr.detections", "rfdetr.inference.duration", "rfdetr.decode.duration",
                "rfdetr.postprocess.duration", "rfdetr.queue.wait.duration", "rfdetr.batch.size", "rfdetr.models.loaded",
                "http.server.request.duration", "dotnet.gc.collections",
            ])
            collector.MetricNames.ShouldContain(name);
        collector.SpanNames.ShouldContain("POST /detect");
        collector.SpanNames.ShouldContain("rfdetr.detect");
        collector.SpanNames.ShouldNotContain(n => n.Contains("healthz", StringComparison.Ordinal), "probes are no traces");
        string[] traces =
            [.. collector.SpanNames.Zip(collector.TraceIds).Where(s => s.First == "POST /detect").Select(s => s.Second)];
        collector.SpanNames.Zip(collector.TraceIds).ShouldContain(
            s => s.First == "rfdetr.detect" && traces.Contains(s.Second), "the run belongs to its request's trace");
        collector.SpanNames.ShouldContain("GET /model/registry");
        collector.Holds("topsecret").ShouldBeFalse("keys of a query come into no trace");
        collector.Resources.ShouldContain("service.name");
        collector.Resources.ShouldContain("rfdetr");
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "rfdetr-serve.dll"), .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<Uri> ListeningAsync(Process program)
    {
        const string ready = "listening on ";
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        program.OutputDataReceived += (_, line) => Read(line.Data);
        program.ErrorDataReceived += (_, line) => Read(line.Data);
        program.BeginOutputReadLine();
        program.BeginErrorReadLine();
        await Task.WhenAny(address.Task, program.WaitForExitAsync());
        address.Task.IsCompletedSuccessfully.ShouldBeTrue(string.Join('\n', said));
        return await address.Task;

        void Read(string? line)
        {
            if (line is null)
                return;
            said.Enqueue(line);
            if (line.StartsWith(ready, StringComparison.Ordinal))
                address.TrySetResult(new Uri(line[ready.Length..].Trim()));
        }
    }
}
