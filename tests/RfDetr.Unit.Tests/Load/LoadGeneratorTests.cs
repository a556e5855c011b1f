using System.Text.Json;

namespace RfDetr.Tests.Load;

/// <summary>The generator against a real socket: what goes over the wire, and what becomes of each kind of answer.</summary>
public sealed class LoadGeneratorTests
{
    private static readonly byte[] s_jpeg = [0xFF, 0xD8, 1, 2, 3];
    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G', 4];
    private static readonly ImageSet s_images = new([s_jpeg, s_png], "two images");

    [Fact]
    public async Task Images_go_out_in_turn_with_their_type_and_the_key()
    {
        var seen = new List<SocketServer.Request>();
        await using var server = new SocketServer((request, _) =>
        {
            lock (seen)
                seen.Add(request);
            return Task.FromResult<string?>(SocketServer.Answer(200));
        });
        LoadReport report = await LoadGenerator.RunAsync(
            s_images, new LoadOptions { Url = server.Url, Rates = [40], Seconds = 0.1, Key = "s3cret" });

        seen.Count.ShouldBe(4);
        seen.ShouldAllBe(r => r.Head.StartsWith("POST /detect HTTP/1.1"));
        seen.ShouldAllBe(r => r.Head.Contains("Authorization: Bearer s3cret"));
        seen.Count(r => r.Head.Contains("Content-Type: image/jpeg") && r.Body.SequenceEqual(s_jpeg)).ShouldBe(2);
        seen.Count(r => r.Head.Contains("Content-Type: image/png") && r.Body.SequenceEqual(s_png)).ShouldBe(2);
        report.Images.ShouldBe(s_images.Summary);
        report.Steps[0].Statuses["200"].ShouldBe(4);
        report.Machine.Cores.ShouldBe(Environment.ProcessorCount);
    }

    [Fact]
    public async Task Every_kind_of_answer_has_its_name()
    {
        await using var server = new SocketServer(async (request, end) =>
        {
            switch (request.Index % 5)
            {
                case 0: return SocketServer.Answer(200);
                case 1: return SocketServer.Answer(503, "Retry-After: 1\r\n");
                case 2: return SocketServer.Answer(302, "Location: http://192.0.2.1/elsewhere\r\n");
                case 3: return null;
                default:
                    await Task.Delay(Timeout.Infinite, end); // never
                    return null;
            }
        });
        LoadReport report = await LoadGenerator.RunAsync(
            s_images, new LoadOptions { Url = server.Url, Rates = [20], Seconds = 0.5, TimeoutSeconds = 3 });
        report.Steps[0].Statuses.ShouldBe(
            new Dictionary<string, int> { ["200"] = 2, ["503"] = 2, ["302"] = 2, ["connection"] = 2, ["timeout"] = 2 },
            ignoreOrder: true);
        report.Steps[0].RefusalsWithoutRetryAfter.ShouldBe(0);
    }

    [Fact]
    public async Task No_server_is_an_outcome_of_each_request()
    {
        Uri url;
        await using (var server = new SocketServer((_, _) => Task.FromResult<string?>(null)))
            url = server.Url;
        LoadReport report = await LoadGenerator.RunAsync(s_images, new LoadOptions { Url = url, Rates = [20], Seconds = 0.2 });
        report.Steps[0].Statuses.ShouldBe(new Dictionary<string, int> { ["connection"] = 4 });
        report.Steps[0].LatencyMs.ShouldBeNull();
        report.Steps[0].AchievedRate.ShouldBe(0);
    }

    [Fact]
    public async Task No_more_requests_are_in_flight_than_allowed_and_none_is_lost()
    {
        await using var server = new SocketServer(async (_, end) =>
        {
            await Task.Delay(20, end);
            return SocketServer.Answer(200);
        });
        LoadReport report = await LoadGenerator.RunAsync(
            s_images, new LoadOptions { Url = server.Url, Rates = [1000], Seconds = 0.06, InFlight = 3 });
        server.MostAtOnce.ShouldBeInRange(1, 3);
        server.Count.ShouldBe(60);
        report.Steps[0].Statuses["200"].ShouldBe(60);
        // 60 requests of 20 ms each by threes take 400 ms; they were to be sent within 60: the last waits for the rest.
        report.Steps[0].LatencyMs!.Max.ShouldBeGreaterThan(300);
    }

    [Fact]
    public async Task Cancellation_ends_the_measurement_and_its_requests()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new SocketServer(async (_, end) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, end);
            return null;
        });
        await Should.ThrowAsync<OperationCanceledException>(() => LoadGenerator.RunAsync(
            s_images, new LoadOptions { Url = server.Url, Rates = [10], Seconds = 3600 }, null, cancel.Token));
    }

    [Fact]
    public async Task A_name_that_means_another_machine_is_refused_when_it_is_resolved()
    {
        // "localhost" passes by its name; the connection itself is checked too.
        using var target = new HttpLoadTarget(new LoadOptions { Url = new Uri("http://192.0.2.1/"), Rates = [1] }, s_images);
        LoadAnswer answer = await target.SendAsync(0, TimeSpan.FromSeconds(30), default);
        answer.Outcome.ShouldBe(LoadOutcomes.Connection);
    }

    [Fact]
    public async Task The_report_is_JSON_with_names_in_snake_case()
    {
        await using var server = new SocketServer((_, _) => Task.FromResult<string?>(SocketServer.Answer(200)));
        LoadReport report = await LoadGenerator.RunAsync(
            s_images,
            new LoadOptions
            {
                Url = server.Url,
                Rates = [20],
                Seconds = 0.1,
                Arrivals = Arrivals.Random,
                InFlight = 9,
                TimeoutSeconds = 7,
            });
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            report.Write(json);
        JsonElement root = JsonDocument.Parse(stream.ToArray()).RootElement;
        root.GetProperty("arrivals").GetString().ShouldBe("Random");
        root.GetProperty("in_flight").GetInt32().ShouldBe(9);
        root.GetProperty("timeout_seconds").GetDouble().ShouldBe(7);
        root.GetProperty("machine").GetProperty("processor").GetString().ShouldNotBeNullOrEmpty();
        JsonElement step = root.GetProperty("steps")[0];
        step.GetProperty("latency_ms").GetProperty("p99").GetDouble().ShouldBeGreaterThan(0);
        step.GetProperty("statuses").GetProperty("200").GetInt32().ShouldBe(step.GetProperty("requests").GetInt32());
    }
}
