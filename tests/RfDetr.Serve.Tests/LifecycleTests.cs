using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace RfDetr.Serve.Tests;

/// <summary>Overload, deadlines, clients that go away, models that come and go, and the end.</summary>
public class LifecycleTests
{
    [Fact]
    public async Task More_callers_than_places_get_200_or_503_and_nothing_else()
    {
        var gate = new EngineGate { Delay = TimeSpan.FromMilliseconds(5) };
        await using TestServer server = await TestServer.StartAsync(Options(gate, queue: 32));
        var statuses = new List<HttpStatusCode>();
        await Task.WhenAll(Enumerable.Range(0, 128).Select(async _ =>
        {
            for (int i = 0; i < 3; i++)
            {
                using HttpResponseMessage response = await server.PostImageAsync("/detect", Scenes.Jpeg);
                if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
                    (await server.JsonAsync(response, response.StatusCode)).GetProperty("code").GetString()
                        .ShouldBe(ErrorCodes.Overloaded);
                }

                lock (statuses)
                    statuses.Add(response.StatusCode);
            }
        }));

        statuses.Count.ShouldBe(384);
        statuses.Distinct().Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]);
        statuses.Count(s => s == HttpStatusCode.OK).ShouldBeGreaterThanOrEqualTo(32);
        Model(server).Batcher.Ahead.ShouldBe(0);
    }

    [Fact]
    public async Task The_answer_comes_at_the_deadline_whatever_the_network_does()
    {
        var gate = new EngineGate();
        await using TestServer server = await TestServer.StartAsync(Options(gate));
        int warm = gate.Images;
        gate.Close();
        using HttpResponseMessage running = await WithTimeoutAsync(server, 300); // stands at the gate
        using HttpResponseMessage waiting = await WithTimeoutAsync(server, 300);

        foreach (HttpResponseMessage late in (HttpResponseMessage[])[running, waiting])
            (await server.JsonAsync(late, HttpStatusCode.GatewayTimeout)).GetProperty("code").GetString()
                .ShouldBe(ErrorCodes.Deadline);
        gate.Open();
        using HttpResponseMessage after = await server.PostImageAsync("/detect", Scenes.Jpeg);
        after.StatusCode.ShouldBe(HttpStatusCode.OK);
        gate.Images.ShouldBe(warm + 1, "what nobody waits for is not computed");
    }

    [Fact]
    public async Task What_a_client_left_behind_is_not_computed()
    {
        var gate = new EngineGate();
        await using TestServer server = await TestServer.StartAsync(Options(gate));
        int warm = gate.Images;
        gate.Close();
        Task<HttpResponseMessage> first = server.PostImageAsync("/detect", Scenes.Jpeg);
        await gate.UntilWaitingAsync();
        using var gone = new CancellationTokenSource();
        using ByteArrayContent body = TestServer.Body(Scenes.Jpeg, "image/jpeg");
        Task<HttpResponseMessage> second = server.Client.PostAsync("/detect", body, gone.Token);
        await UntilAsync(() => Model(server).Batcher.Waiting == 1);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        await UntilAsync(() => Model(server).Batcher is { Waiting: 0, Ahead: 1 });
        gate.Open();

        using HttpResponseMessage answer = await first;
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        gate.Images.ShouldBe(warm + 1);
        await UntilAsync(() => server.Log.ToString().Contains("client_gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bad_image_fails_alone()
    {
        var gate = new EngineGate();
        await using TestServer server = await TestServer.StartAsync(Options(gate, maxBatch: 4));
        gate.Close();
        Task<HttpResponseMessage> first = server.PostImageAsync("/detect", Scenes.Jpeg);
        await gate.UntilWaitingAsync();
        Task<HttpResponseMessage>[] rest =
        [
            server.PostImageAsync("/detect?threshold=0.2", Scenes.OtherJpeg),
                server.PostImageAsync("/detect", Scenes.Jpeg[..500]),
            server.PostImageAsync("/detect?threshold=0.9", Scenes.Jpeg),
        ];
        await UntilAsync(() => Model(server).Batcher.Waiting == 2);
        gate.Open();

        (await first).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await rest[0]).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await rest[1]).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await rest[2]).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Models_are_replaced_without_a_lost_request()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var stop = new CancellationTokenSource();
        var statuses = new List<HttpStatusCode>();
        Task[] callers =
        [
            .. Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using HttpResponseMessage response = await server.PostImageAsync("/detect", Scenes.Jpeg);
                    lock (statuses)
                        statuses.Add(response.StatusCode);
                }
            })),
        ];
        var seen = new HashSet<LoadedModel>();
        for (int i = 0; i < 5; i++)
        {
            seen.Add(Model(server));
            await server.PostJsonAsync("/model/reload", """{"model_id": "demo"}""");
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        statuses.Distinct().ShouldBe([HttpStatusCode.OK]);
        seen.Count.ShouldBe(5);
        foreach (LoadedModel old in seen)
            await old.Gone.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_model_that_cannot_be_replaced_stays()
    {
        using var folder = new TemporaryFolder();
        string file = folder["mine.safetensors"];
        await File.WriteAllBytesAsync(file, BuiltInModels.Bytes("demo").ToArray());
        await using TestServer server =
            await TestServer.StartAsync(TestServer.Options with { Models = [ModelChoice.Parse(file)] });
        await File.WriteAllTextAsync(file + ".new", "no model");
        File.Move(file + ".new", file, overwrite: true);

        JsonElement error =
            await server.PostJsonAsync("/model/reload", """{"model_id": "mine"}""", HttpStatusCode.InternalServerError);
        error.GetProperty("message").GetString()!.ShouldNotContain(Path.GetDirectoryName(file)!);
        using HttpResponseMessage response = await server.PostImageAsync("/detect?model=mine", Scenes.Jpeg);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Log.ToString().ShouldContain("mine.safetensors", Case.Sensitive, "the log says why");
    }

    [Fact]
    public async Task The_memory_cap_evicts_the_model_used_longest_ago()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = BuiltInModels.Bytes("demo").ToArray();
        foreach (string name in (string[])["a", "b", "c"])
            await File.WriteAllBytesAsync(folder[name + ".safetensors"], bytes);
        long one;
        await using (TestServer probe = await TestServer.StartAsync())
            one = Model(probe).Bytes;
        await using TestServer server = await TestServer.StartAsync(TestServer.Options with
        {
            Models = [.. ((string[])["a", "b", "c"]).Select(n => ModelChoice.Parse(folder[n + ".safetensors"]))],
            MemoryCapBytes = one * 5 / 2,
        });
        ModelRegistry models = server.Server.Services.GetRequiredService<ModelRegistry>();
        models.IsStarted.ShouldBeTrue();
        models.Loaded().Select(m => m.Name).ShouldBe(["a", "b"]);

        (await models.AddAsync("c")).Name.ShouldBe("c");
        models.Loaded().Select(m => m.Name).ShouldBe(["a", "c"], "the first model is pinned");

        using (models.Lease("c", mayLoad: true))
        {
            ServeException full = await Should.ThrowAsync<ServeException>(models.AddAsync("b"));
            (full.Status, full.Code).ShouldBe((507, ErrorCodes.Memory));
            models.Loaded().Select(m => m.Name).ShouldBe(["a", "c"], "what is in use is never evicted");
        }

        (await models.AddAsync("b")).Name.ShouldBe("b");
        models.Loaded().Select(m => m.Name).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Those_who_load_the_same_model_share_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        ModelRegistry models = server.Server.Services.GetRequiredService<ModelRegistry>();
        models.Clear();
        LoadedModel[] loaded = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => models.AddAsync("demo"))));

        loaded.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_reload_that_is_asked_for_during_another_one_reads_the_file_again()
    {
        var gate = new EngineGate();
        await using TestServer server = await TestServer.StartAsync(Options(gate));
        ModelRegistry models = server.Server.Services.GetRequiredService<ModelRegistry>();
        gate.Close();
        Task<LoadedModel> first = models.ReloadAsync("demo");
        await gate.UntilWaitingAsync(); // it has read the file and warms up
        Task<LoadedModel> second = models.ReloadAsync("demo"), third = models.ReloadAsync("demo");
        gate.Open();

        (await second).ShouldNotBe(await first);
        (await third).ShouldBe(await second, "both are served by one load");
        Model(server).ShouldBe(await second);
    }

    [Fact]
    public async Task A_drain_loses_no_request()
    {
        var gate = new EngineGate();
        await using TestServer server = await TestServer.StartAsync(
            Options(gate) with { DrainDelay = TimeSpan.FromSeconds(2), ShutdownTimeout = TimeSpan.FromSeconds(60) });
        gate.Close();
        Task<HttpResponseMessage>[] under =
            [.. Enumerable.Range(0, 4).Select(_ => server.PostImageAsync("/detect", Scenes.Jpeg))];
        await UntilAsync(() => Model(server).Batcher.Waiting == 3);
        Task stopping = server.Server.StopAsync();
        (await server.GetAsync("/readiness", HttpStatusCode.ServiceUnavailable)).GetProperty("status").GetString()
            .ShouldBe("draining");
        (await server.GetAsync("/healthz")).GetProperty("status").GetString().ShouldBe("ok");
        Task<HttpResponseMessage> late = server.PostImageAsync("/detect", Scenes.Jpeg); // within the drain's delay
        await UntilAsync(() => Model(server).Batcher.Waiting == 4);
        gate.Open();

        foreach (Task<HttpResponseMessage> one in under.Append(late))
            (await one).StatusCode.ShouldBe(HttpStatusCode.OK);
        await stopping;
        await Should.ThrowAsync<HttpRequestException>(server.PostImageAsync("/detect", Scenes.Jpeg));
    }

    [Fact]
    [Trait("Duration", "Long")]
    public async Task A_network_that_does_not_return_holds_no_server_up()
    {
        var gate = new EngineGate();
        TestServer server = await TestServer.StartAsync(Options(gate) with { ShutdownTimeout = TimeSpan.FromSeconds(1) });
        using var stuck = new ManualResetEventSlim();
        gate.Stuck = stuck;
        Task<HttpResponseMessage> lost = server.PostImageAsync("/detect", Scenes.Jpeg);
        await gate.UntilWaitingAsync();
        await server.Server.StopAsync();
        await server.Server.DisposeAsync();

        await Should.ThrowAsync<HttpRequestException>(lost);
        gate.Waiting.ShouldBe(1, "it still does not return");
        stuck.Set();
        server.Client.Dispose();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using TestServer server = await TestServer.StartAsync();

        (await Should.ThrowAsync<IOException>(
            RfDetrServer.StartAsync(TestServer.Options with { Port = server.Server.Address.Port })))
            .Message.ShouldContain(server.Server.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static ServeOptions Options(EngineGate gate, int queue = 64, int? maxBatch = 1) => TestServer.Options with
    {
        Engine = gate.Engine,
        Batching = new BatchOptions { Queue = queue, MaxBatch = maxBatch },
    };

    private static LoadedModel Model(TestServer server) =>
        server.Server.Services.GetRequiredService<ModelRegistry>().Loaded().Single();

    private static async Task<HttpResponseMessage> WithTimeoutAsync(TestServer server, int ms)
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Post, "/detect") { Content = TestServer.Body(Scenes.Jpeg, "image/jpeg") };
        request.Headers.Add("X-Timeout-Ms", ms.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return await server.Client.SendAsync(request);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 6000 && !condition(); i++)
            await Task.Delay(10);
        condition().ShouldBeTrue();
    }
}
