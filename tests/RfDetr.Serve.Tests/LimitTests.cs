using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace RfDetr.Serve.Tests;

/// <summary>
/// A request that is too large, too slow or of the wrong kind has its own status, and tells nothing of the server.
/// </summary>
[Collection(SharedServerCollection.Name)]
public class LimitTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task An_image_that_claims_169_megapixels_is_refused_before_it_takes_memory()
    {
        Scenes.Bomb.Length.ShouldBeLessThan(2200);
        long before = GC.GetTotalAllocatedBytes();
        using HttpResponseMessage response = await Server.PostImageAsync("/detect", Scenes.Bomb);

        (await Server.JsonAsync(response, HttpStatusCode.RequestEntityTooLarge)).GetProperty("code").GetString()
            .ShouldBe(ErrorCodes.Pixels);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(50 << 20);
    }

    [Theory]
    [InlineData("/detect", "image/jpeg")]
    [InlineData("/drawn/1", "application/json")]
    [InlineData("/infer/object_detection", "application/json")]
    [InlineData("/v2/models/demo/infer", "application/json")]
    public async Task A_body_beyond_the_limit_is_413(string path, string type)
    {
        using HttpResponseMessage response = await Server.Client.PostAsync(path, TestServer.Body(new byte[(20 << 20) + 1], type));

        (await Server.JsonAsync(response, HttpStatusCode.RequestEntityTooLarge)).GetProperty("code").GetString()
            .ShouldBe(ErrorCodes.Bytes);
    }

    [Fact]
    public async Task A_body_without_a_length_is_bounded_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/detect");
        request.Headers.TransferEncodingChunked = true;
        request.Content = new StreamContent(new MemoryStream(new byte[(20 << 20) + 1]));
        request.Content.Headers.ContentType = new("image/jpeg");
        using HttpResponseMessage response = await Server.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("POST", "/detect", "text/plain", 415, ErrorCodes.Type)]
    [InlineData("POST", "/v1/vision/detection", "image/jpeg", 415, ErrorCodes.Type)]
    [InlineData("GET", "/detect", null, 405, ErrorCodes.Method)]
    [InlineData("PUT", "/infer/object_detection", "application/json", 405, ErrorCodes.Method)]
    [InlineData("DELETE", "/healthz", null, 405, ErrorCodes.Method)]
    [InlineData("POST", "/nowhere", "image/jpeg", 404, ErrorCodes.Route)]
    [InlineData("GET", "/stream", null, 426, ErrorCodes.Type)]
    public async Task Wrong_types_methods_and_routes_are_told_apart(
        string method, string path, string? type, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (type is not null)
            request.Content = TestServer.Body(Scenes.Jpeg, type);
        using HttpResponseMessage response = await Server.Client.SendAsync(request);
        JsonElement error = await Server.JsonAsync(response, (HttpStatusCode)status);

        error.GetProperty("code").GetString().ShouldBe(code);
        if (status == 405)
            response.Content.Headers.Allow.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("X-Timeout-Ms", "0")]
    [InlineData("X-Timeout-Ms", "soon")]
    [InlineData("X-Timeout-Ms", "99999999999")]
    [InlineData("X-Priority", "high")]
    public async Task Wrong_headers_are_named(string name, string value)
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Post, "/detect") { Content = TestServer.Body(Scenes.Jpeg, "image/jpeg") };
        request.Headers.Add(name, value);
        using HttpResponseMessage response = await Server.Client.SendAsync(request);

        (await Server.JsonAsync(response, HttpStatusCode.BadRequest)).GetProperty("message").GetString()!.ShouldContain(name);
    }

    [Fact]
    public async Task Every_answer_has_an_id_and_none_names_the_server()
    {
        foreach (string path in (string[])["/healthz", "/nowhere", "/info", "/metrics"])
        {
            using HttpResponseMessage response = await Server.Client.GetAsync(path);
            response.Headers.GetValues("X-Request-Id").Single().Length.ShouldBe(32);
            response.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
            response.Headers.Contains("Server").ShouldBeFalse();
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        request.Headers.Add("X-Request-Id", "my-id-1");
        using HttpResponseMessage own = await Server.Client.SendAsync(request);
        (await Server.JsonAsync(own, HttpStatusCode.NotFound)).GetProperty("request_id").GetString().ShouldBe("my-id-1");
        Server.Log.ToString().ShouldContain("\"id\":\"my-id-1\"");
    }

    [Fact]
    public async Task Each_request_is_one_line_of_the_log()
    {
        string id = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/detect?api_key=secret")
        { Content = TestServer.Body(Scenes.Jpeg, "image/jpeg") };
        request.Headers.Add("X-Request-Id", id);
        using HttpResponseMessage response = await Server.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        string? text = null;
        for (int i = 0; i < 500 && text is null; i++, await Task.Delay(10))
            text = Server.Log.ToString().Split('\n').SingleOrDefault(l => l.Contains(id, StringComparison.Ordinal));
        JsonElement line = JsonDocument.Parse(text!).RootElement;

        line.GetProperty("route").GetString().ShouldBe("/detect");
        line.GetProperty("model").GetString().ShouldBe("drawn/1");
        (line.GetProperty("status").GetInt32(), line.GetProperty("images").GetInt32(), line.GetProperty("batch").GetInt32())
            .ShouldBe((200, 1, 1));
        foreach (string ms in (string[])["total_ms", "decode_ms", "run_ms", "post_ms"])
            line.GetProperty(ms).GetDouble().ShouldBeGreaterThan(0, ms);
        line.GetProperty("bytes_in").GetInt64().ShouldBe(Scenes.Jpeg.Length);
        text!.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("/detect")]
    [InlineData("/drawn/1")]
    [InlineData("/v1/vision/detection")]
    [InlineData("/v2/models/demo/infer")]
    public async Task A_compressed_body_is_415(string path)
    {
        using ByteArrayContent body = TestServer.Body([0x1F, 0x8B, 8, 0], "image/jpeg");
        body.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage response = await Server.Client.PostAsync(path, body);

        JsonElement error = await Server.JsonAsync(response, HttpStatusCode.UnsupportedMediaType);
        error.GetProperty("message").GetString()!.ShouldContain("'gzip'");
    }

    [Fact]
    public async Task Oversized_headers_are_431()
    {
        string answer = await SayAsync($"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Big: {new string('a', 40_000)}\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 431");
        answer.ShouldNotContain("Server:");
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n")]
    [InlineData("POST /detect HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /detect HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    public async Task What_is_no_http_is_400(string text) => (await SayAsync(text)).ShouldStartWith("HTTP/1.1 400");

    [Fact]
    [Trait("Duration", "Long")]
    public async Task A_body_that_trickles_is_408()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Server.Server.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            "POST /detect HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: 100000\r\n\r\nxx"u8.ToArray());
        byte[] buffer = new byte[4096];
        int count = await stream.ReadAsync(buffer);

        Encoding.ASCII.GetString(buffer, 0, count).ShouldStartWith("HTTP/1.1 408");
    }

    [Fact]
    public async Task Connections_that_break_off_do_no_harm()
    {
        for (int i = 0; i < 8; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Server.Server.Address.Port);
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /detect HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: "
                        + $"{Scenes.Jpeg.Length}\r\n\r\n"));
            await client.GetStream().WriteAsync(Scenes.Jpeg.AsMemory(0, i % 2 == 0 ? 100 : Scenes.Jpeg.Length));
            if (i % 4 < 2)
                client.Client.LingerState = new LingerOption(true, 0); // a reset
        }

        using HttpResponseMessage response = await Server.PostImageAsync("/detect", Scenes.Jpeg);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        for (int i = 0; i < 1000 && shared.Ahead() > 0; i++)
            await Task.Delay(10);
        shared.Ahead().ShouldBe(0, "a request that is over keeps no place in the queue");
    }

    private async Task<string> SayAsync(string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Server.Server.Address.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        using var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        while (all.Length < 12)
        {
            int count = await stream.ReadAsync(buffer);
            if (count == 0)
                break;
            all.Write(buffer, 0, count);
        }

        return Encoding.ASCII.GetString(all.ToArray());
    }
}

/// <summary>Bodies of many requests together.</summary>
public class BodyMemoryTests
{
    [Fact]
    public async Task Bodies_of_all_requests_share_a_budget()
    {
        await using TestServer server = await TestServer.StartAsync(TestServer.Options with
        {
            Batching = new BatchOptions { Threads = 1, QueueBytes = 1 << 20 },
            Limits = new RequestLimits { MaxBodyBytes = 1 << 20 },
        });
        BodyBudget budget = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions
            .GetRequiredService<BodyBudget>(server.Server.Services);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, server.Server.Address.Port);
        await slow.GetStream().WriteAsync(
            "POST /detect HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: 1000000\r\n\r\n"u8.ToArray());
        await slow.GetStream().WriteAsync(new byte[900_000]);
        for (int i = 0; i < 3000 && budget.Taken < 900_000; i++)
            await Task.Delay(10);

        using HttpResponseMessage refused = await server.PostImageAsync("/detect", new byte[400_000]);
        (await server.JsonAsync(refused, HttpStatusCode.ServiceUnavailable)).GetProperty("code").GetString()
            .ShouldBe(ErrorCodes.Overloaded);
        slow.Close();
        for (int i = 0; i < 3000 && budget.Taken > 0; i++)
            await Task.Delay(10);
        budget.Taken.ShouldBe(0);
        using HttpResponseMessage taken = await server.PostImageAsync("/detect", Scenes.Jpeg);
        taken.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=b")]
    public async Task Broken_forms_are_400(string type)
    {
        await using TestServer server = await TestServer.StartAsync();
        using var body = new ByteArrayContent("--b\r\nContent-Disposition: nonsense\r\n\r\nx"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", type).ShouldBeTrue();
        using HttpResponseMessage response = await server.Client.PostAsync("/v1/vision/detection", body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}

internal static class SharedServerFacts
{
    /// <summary>Images that are admitted to the shared server's model.</summary>
    public static int Ahead(this SharedServer shared) =>
        Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions
            .GetRequiredService<ModelRegistry>(shared.Server.Server.Services).Loaded().Sum(m => m.Batcher.Ahead);
}
