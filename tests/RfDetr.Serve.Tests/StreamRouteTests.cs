using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace RfDetr.Serve.Tests;

/// <summary>Frames over a WebSocket.</summary>
[Collection(SharedServerCollection.Name)]
public class StreamRouteTests(SharedServer shared)
{
    private static readonly CancellationToken s_limit = new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    [Fact]
    public async Task A_frame_is_answered_by_what_the_library_finds()
    {
        using ClientWebSocket socket = await ConnectAsync(shared.Server);
        for (int i = 0; i < 2; i++)
        {
            await socket.SendAsync(Scenes.Jpeg, WebSocketMessageType.Binary, true, s_limit);
            JsonElement answer = await ReceiveAsync(socket);
            Detections expected = shared.Detector.Detect(Scenes.Jpeg);

            answer.GetProperty("frame").GetInt64().ShouldBe(i);
            (answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32())
                .ShouldBe((expected.Width, expected.Height));
            answer.GetProperty("dropped").GetInt64().ShouldBe(0);
            answer.GetProperty("detections").GetRawText().ShouldBe(
                JsonDocument.Parse(expected.ToJson()).RootElement.GetProperty("detections").GetRawText());
            answer.GetProperty("time_ms").GetProperty("inference").GetDouble().ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task Settings_hold_for_the_frames_after_them()
    {
        using ClientWebSocket socket = await ConnectAsync(shared.Server);
        await SendTextAsync(socket, """{"threshold": 0.05, "masks": false}""");
        await socket.SendAsync(Scenes.Jpeg, WebSocketMessageType.Binary, true, s_limit);
        JsonElement found = (await ReceiveAsync(socket)).GetProperty("detections");

        found.GetArrayLength()
            .ShouldBe(shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.05f }).Items.Count);
        found[0].TryGetProperty("mask", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"threshold": 7}""", ErrorCodes.Parameter)]
    [InlineData("""{"classes": ["unicorn"]}""", ErrorCodes.Parameter)]
    [InlineData("""{"roi": [1]}""", ErrorCodes.Parameter)]
    [InlineData("""{"threshold": "high"}""", ErrorCodes.Body)]
    [InlineData("nonsense", ErrorCodes.Body)]
    public async Task Wrong_settings_and_frames_are_answers_and_the_stream_goes_on(string settings, string code)
    {
        using ClientWebSocket socket = await ConnectAsync(shared.Server);
        await SendTextAsync(socket, settings);
        (await ReceiveAsync(socket)).GetProperty("code").GetString().ShouldBe(code);
        await socket.SendAsync("no image"u8.ToArray(), WebSocketMessageType.Binary, true, s_limit);
        (await ReceiveAsync(socket)).GetProperty("code").GetString().ShouldBe(ErrorCodes.Image);
        await socket.SendAsync(Scenes.Jpeg, WebSocketMessageType.Binary, true, s_limit);
        (await ReceiveAsync(socket)).GetProperty("frame").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_newer_frame_replaces_the_one_that_waits()
    {
        var gate = new EngineGate();
        await using TestServer server = await TestServer.StartAsync(TestServer.Options with { Engine = gate.Engine });
        using ClientWebSocket socket = await ConnectAsync(server);
        gate.Close();
        await socket.SendAsync(Scenes.Jpeg, WebSocketMessageType.Binary, true, s_limit);
        await gate.UntilWaitingAsync();
        for (int i = 0; i < 5; i++)
            await socket.SendAsync(Scenes.OtherJpeg, WebSocketMessageType.Binary, true, s_limit);
        await SendTextAsync(socket, """{"threshold": 0.05}"""); // in order behind the frames: the reader has seen them all
        await SendTextAsync(socket, "nonsense");
        await Task.Delay(300);
        gate.Open();

        (await ReceiveAsync(socket)).GetProperty("frame").GetInt64().ShouldBe(0);
        (await ReceiveAsync(socket)).GetProperty("code").GetString().ShouldBe(ErrorCodes.Body);
        JsonElement last = await ReceiveAsync(socket);
        (last.GetProperty("frame").GetInt64(), last.GetProperty("dropped").GetInt64()).ShouldBe((5, 4));
    }

    [Fact]
    public async Task Pages_of_other_origins_are_refused()
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");
        socket.Options.CollectHttpResponseDetails = true;

        await Should.ThrowAsync<WebSocketException>(socket.ConnectAsync(Address(shared.Server), s_limit));
        socket.HttpStatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var own = new ClientWebSocket();
        own.Options.SetRequestHeader("Origin", shared.Server.Server.Address.ToString().TrimEnd('/'));
        await own.ConnectAsync(Address(shared.Server), s_limit);
    }

    [Fact]
    public async Task An_unknown_model_is_an_answer_of_http()
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Should.ThrowAsync<WebSocketException>(
            socket.ConnectAsync(new Uri(Address(shared.Server), "?model=nothing"), s_limit));
        socket.HttpStatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_stream_ends_when_the_server_stops()
    {
        await using TestServer server = await TestServer.StartAsync();
        using ClientWebSocket socket = await ConnectAsync(server);
        Task stop = server.Server.StopAsync();
        WebSocketReceiveResult end = await socket.ReceiveAsync(new ArraySegment<byte>(new byte[100]), s_limit);

        end.MessageType.ShouldBe(WebSocketMessageType.Close);
        end.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", s_limit);
        await stop;
    }

    private static Uri Address(TestServer server) =>
        new UriBuilder(new Uri(server.Server.Address, "/stream")) { Scheme = "ws" }.Uri;

    private static async Task<ClientWebSocket> ConnectAsync(TestServer server)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address(server), s_limit);
        return socket;
    }

    private static Task SendTextAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, s_limit);

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        using var whole = new MemoryStream();
        byte[] part = new byte[64 * 1024];
        WebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(new ArraySegment<byte>(part), s_limit);
            received.MessageType.ShouldBe(WebSocketMessageType.Text);
            whole.Write(part, 0, received.Count);
        }
        while (!received.EndOfMessage);

        return JsonDocument.Parse(whole.ToArray()).RootElement;
    }
}
