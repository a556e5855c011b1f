using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace RfDetr.Serve.Tests;

/// <summary>A server of the test's own on a free port of the loopback, and a client of it; both end with the test.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TestServer(RfDetrServer server, StringWriter log) => (Server, Log) = (server, log);

    public RfDetrServer Server { get; }

    /// <summary>Lines of the log.</summary>
    public StringWriter Log { get; }

    public HttpClient Client => field ??= new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 })
    {
        BaseAddress = Server.Address,
        Timeout = TimeSpan.FromMinutes(2),
    };

    public static ServeOptions Options { get; } = new()
    {
        Port = 0,
        DrainDelay = TimeSpan.Zero,
        Batching = new BatchOptions { Threads = 1 },
    };

    public static async Task<TestServer> StartAsync(ServeOptions? options = null)
    {
        var log = new StringWriter();
        RfDetrServer server = await RfDetrServer.StartAsync((options ?? Options) with { Log = TextWriter.Synchronized(log) });
        return new TestServer(server, log);
    }

    public async Task<HttpResponseMessage> PostImageAsync(string path, byte[] image, string type = "image/jpeg") =>
        await Client.PostAsync(path, Body(image, type));

    public async Task<JsonElement> JsonAsync(HttpResponseMessage response, HttpStatusCode expected = HttpStatusCode.OK)
    {
        string text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage response = await Client.GetAsync(path);
        return await JsonAsync(response, expected);
    }

    public async Task<JsonElement> PostJsonAsync(string path, string json, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.PostAsync(path, body);
        return await JsonAsync(response, expected);
    }

    public static ByteArrayContent Body(byte[] bytes, string type)
    {
        var body = new ByteArrayContent(bytes);
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return body;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Log.DisposeAsync();
    }
}

/// <summary>One server with the built-in model for all tests that only ask.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    /// <summary>The same model in the library.</summary>
    internal Detector Detector { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync(TestServer.Options with
        {
            GrpcPort = 0,
            Models = [ModelChoice.Parse("demo=drawn/1,coco")],
        });
        Detector = Detector.Load("demo", engine: new Engine.Cpu { Threads = 1 });
    }

    public async Task DisposeAsync()
    {
        Detector.Dispose();
        await Server.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class SharedServerCollection : ICollectionFixture<SharedServer>
{
    public const string Name = "one server";
}

/// <summary>Images of the samples, in the form that clients send them.</summary>
internal static class Scenes
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "images");

    public static IReadOnlyList<string> Paths { get; } =
        [.. Directory.EnumerateFiles(s_folder, "*.jpg").Order(StringComparer.Ordinal)];

    /// <summary>An image with several objects.</summary>
    public static byte[] Jpeg { get; } = File.ReadAllBytes(Paths[0]);

    public static byte[] OtherJpeg { get; } = File.ReadAllBytes(Paths[1]);

    public static string Base64 { get; } = Convert.ToBase64String(Jpeg);

    /// <summary>The header of a progressive JPEG that claims 13,000 × 13,000 pixels, and nothing behind it.</summary>
    public static byte[] Bomb { get; } =
    [
        0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, .. "JFIF\0"u8, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00,
        0xFF, 0xC2, 0x00, 0x11, 0x08, 0x32, 0xC8, 0x32, 0xC8, 0x03, 0x01, 0x22, 0x00, 0x02, 0x11, 0x01, 0x03, 0x11, 0x01,
        0xFF, 0xDA, 0x00, 0x0C, 0x03, 0x01, 0x00, 0x02, 0x11, 0x03, 0x11, 0x00, 0x3F, 0x00, .. new byte[2000],
    ];
}
