using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace RfDetr.Serve.Tests;

/// <summary>Keys, addresses, and what an answer must not tell.</summary>
public class SecurityTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("1.1.1.1", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.0.0.1", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("198.51.100.7", false)]
    [InlineData("203.0.113.9", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("240.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::7f00:1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("64:ff9b:1::1", false)]
    [InlineData("100::1", false)]
    [InlineData("2001::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("3fff::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12:3456::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("ff02::1", false)]
    public void Only_addresses_of_the_public_internet_are_global(string address, bool expected) =>
        AddressRules.IsGlobal(IPAddress.Parse(address)).ShouldBe(expected);

    [Theory]
    [InlineData("http://127.0.0.1/a.jpg")]
    [InlineData("http://127.1/a.jpg")]
    [InlineData("http://2130706433/a.jpg")]
    [InlineData("http://0x7f000001/a.jpg")]
    [InlineData("http://0177.0.0.1/a.jpg")]
    [InlineData("http://[::1]/a.jpg")]
    [InlineData("http://[::ffff:127.0.0.1]/a.jpg")]
    [InlineData("http://[64:ff9b::7f00:1]/a.jpg")]
    [InlineData("http://localhost/a.jpg")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.0.0.1/a.jpg")]
    [InlineData("http://mixed.test/a.jpg")]
    [InlineData("http://inside.test/a.jpg")]
    [InlineData("http://unknown.test/a.jpg")]
    [InlineData("http://user:secret@public.test/a.jpg")]
    [InlineData("http://public.test:8080/a.jpg")]
    [InlineData("http://public.test:22/a.jpg")]
    [InlineData("ftp://public.test/a.jpg")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://public.test/")]
    [InlineData("//public.test/a.jpg")]
    [InlineData("a.jpg")]
    [InlineData("")]
    public async Task An_address_that_is_not_public_is_refused_without_a_packet(string address)
    {
        using var network = new FakeNetwork();
        ServeException refused =
            await Should.ThrowAsync<ServeException>(network.Fetcher.FetchAsync(address, null, CancellationToken.None));

        (refused.Status, refused.Code).ShouldBe((400, ErrorCodes.Address));
        network.Connections.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_public_address_is_fetched_from_exactly_what_was_checked()
    {
        using var network = new FakeNetwork();
        network.Pages["/a.jpg"] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        using PooledBytes bytes = await network.Fetcher.FetchAsync("http://public.test/a.jpg", null, CancellationToken.None);

        Encoding.ASCII.GetString(bytes.Span).ShouldBe("hello");
        network.Connections.ShouldBe(["93.184.215.14:80"]);
        network.Requests.Single().ShouldNotContain("Cookie");
        network.Requests.Single().ShouldNotContain("Accept-Encoding");
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://inside.test/")]
    [InlineData("http://public.test:9001/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://")]
    [InlineData("//[")]
    public async Task A_redirect_is_checked_like_an_address(string target)
    {
        using var network = new FakeNetwork();
        network.Pages["/a.jpg"] = $"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n";

        (await Should.ThrowAsync<ServeException>(
            network.Fetcher.FetchAsync("http://public.test/a.jpg", null, CancellationToken.None)))
            .Code.ShouldBe(ErrorCodes.Address);
        network.Connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Redirects_and_bytes_are_bounded()
    {
        using var network = new FakeNetwork();
        network.Pages["/a.jpg"] = "HTTP/1.1 302 Found\r\nLocation: /a.jpg\r\nContent-Length: 0\r\n\r\n";
        (await Should.ThrowAsync<ServeException>(
            network.Fetcher.FetchAsync("http://public.test/a.jpg", null, CancellationToken.None)))
            .Message.ShouldContain("redirects");
        network.Connections.Count.ShouldBe(4);

        network.Pages["/a.jpg"] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + new string('x', 2000);
        (await Should.ThrowAsync<ServeException>(
            network.Fetcher.FetchAsync("http://public.test/a.jpg", null, CancellationToken.None)))
            .Status.ShouldBe(413);
    }

    [Fact]
    public async Task A_name_that_changes_its_address_is_looked_up_for_each_connection()
    {
        using var network = new FakeNetwork();
        network.Pages["/a.jpg"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        (await network.Fetcher.FetchAsync("http://rebinding.test/a.jpg", null, CancellationToken.None)).Dispose();

        await Should.ThrowAsync<ServeException>(
            network.Fetcher.FetchAsync("http://rebinding.test/a.jpg", null, CancellationToken.None));
        network.Connections.ShouldBe(["93.184.215.14:80"]);
    }

    [Fact]
    public void A_made_key_opens_its_own_line_only()
    {
        (string key, string line) = KeyFile.Make("camera");
        ApiKey known = KeyFile.Parse(["# note", "", line], "keys").Single();

        (known.Name, known.Rights, known.Rate).ShouldBe(("camera", Rights.Infer, null));
        known.Is(KeyFile.Digest(key)).ShouldBeTrue();
        known.Is(KeyFile.Digest(key + " ")).ShouldBeFalse();
        line.ShouldNotContain(key);
    }

    [Theory]
    [InlineData("a", "1 words")]
    [InlineData("a secret infer", "the digest is not")]
    [InlineData("a {0} fly", "'fly' is no right")]
    [InlineData("a {0} infer 10", "'10' is no rate")]
    [InlineData("a {0} infer 0/s", "'0/s' is no rate")]
    [InlineData("a {0} infer 1/week", "'1/week' is no rate")]
    [InlineData("a {0} infer\na {0} infer", "two keys of one name")]
    [InlineData("# nothing", "has no key")]
    public void A_wrong_line_of_a_key_file_is_named(string text, string complaint) =>
        Should.Throw<ArgumentException>(() => KeyFile.Parse(
            text.Replace("{0}", new string('0', 64), StringComparison.Ordinal).Split('\n'), "keys"))
                .Message.ShouldContain(complaint);

    [Fact]
    public async Task Keys_come_by_header_query_body_and_form_and_have_rights()
    {
        using var folder = new TemporaryFolder();
        (string infer, string inferLine) = KeyFile.Make("camera");
        (string all, string allLine) = KeyFile.Make("owner");
        await File.WriteAllLinesAsync(folder["keys"], [inferLine, allLine.Replace(" infer", " all", StringComparison.Ordinal)]);
        await using TestServer server = await TestServer.StartAsync(TestServer.Options with { KeyFile = folder["keys"] });

        using HttpResponseMessage none = await server.PostImageAsync("/detect", Scenes.Jpeg);
        (await server.JsonAsync(none, HttpStatusCode.Unauthorized)).GetProperty("code").GetString().ShouldBe(ErrorCodes.Key);
        none.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
        using HttpResponseMessage wrong = await server.PostImageAsync("/detect?api_key=" + infer[1..], Scenes.Jpeg);
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using HttpResponseMessage query = await server.PostImageAsync("/detect?api_key=" + infer, Scenes.Jpeg);
        query.StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage header = await SendAsync(server, HttpMethod.Post, "/detect", infer);
        header.StatusCode.ShouldBe(HttpStatusCode.OK);
        await server.PostJsonAsync(
            "/infer/object_detection",
            $$"""{"api_key": "{{infer}}", "model_id": "demo", "image": {"type": "base64", "value": "{{Scenes.Base64}}"} }""");
        using var form = new MultipartFormDataContent
        {
            { new StringContent(infer), "api_key" },
            { TestServer.Body(Scenes.Jpeg, "image/jpeg"), "image", "image" },
        };
        using HttpResponseMessage field = await server.Client.PostAsync("/v1/vision/detection", form);
        field.StatusCode.ShouldBe(HttpStatusCode.OK);

        // Pages cannot set headers of WebSockets, but the names of protocols.
        using (ClientWebSocket socket = await StreamAsync(server, infer))
            socket.SubProtocol.ShouldBe("rfdetr.stream");
        await Should.ThrowAsync<WebSocketException>(StreamAsync(server, infer[1..]));

        // A wrong key in the header is not made up for by a right one elsewhere.
        using HttpResponseMessage first = await SendAsync(server, HttpMethod.Post, "/detect?api_key=" + infer, "wrong");
        first.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        // Rights.
        using HttpResponseMessage models = await SendAsync(server, HttpMethod.Post, "/model/clear", infer);
        (await server.JsonAsync(models, HttpStatusCode.Forbidden)).GetProperty("code").GetString().ShouldBe(ErrorCodes.Right);
        using HttpResponseMessage metrics = await SendAsync(server, HttpMethod.Get, "/metrics", infer);
        metrics.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using HttpResponseMessage mine = await SendAsync(server, HttpMethod.Get, "/metrics", all);
        mine.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (string open in (string[])["/healthz", "/readiness", "/info", "/v2", "/openapi/v1.json"])
        {
            using HttpResponseMessage response = await server.Client.GetAsync(open);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, open);
        }

        foreach (string closed in (string[])["/model/registry", "/metrics", "/v2/models/demo"])
        {
            using HttpResponseMessage response = await server.Client.GetAsync(closed);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, closed);
        }

        string log = server.Log.ToString();
        log.ShouldContain("\"key\":\"camera\"");
        log.ShouldNotContain(infer);
        log.ShouldNotContain(all);
    }

    private static async Task<ClientWebSocket> StreamAsync(TestServer server, string key)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("rfdetr.stream");
        socket.Options.AddSubProtocol(KeyGate.KeyProtocol + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key)));
        try
        {
            await socket.ConnectAsync(
                new UriBuilder(server.Server.Address) { Scheme = "ws", Path = "/stream" }.Uri, CancellationToken.None);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [Fact]
    public async Task A_key_has_a_rate_and_guessing_slows_down()
    {
        using var folder = new TemporaryFolder();
        (string key, string line) = KeyFile.Make("camera");
        await File.WriteAllLinesAsync(folder["keys"], [line + " 2/h"]);
        await using TestServer server = await TestServer.StartAsync(TestServer.Options with { KeyFile = folder["keys"] });
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage good = await server.PostImageAsync("/detect?api_key=" + key, Scenes.Jpeg);
            good.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        using HttpResponseMessage fast = await server.PostImageAsync("/detect?api_key=" + key, Scenes.Jpeg);
        (await server.JsonAsync(fast, HttpStatusCode.TooManyRequests)).GetProperty("code").GetString().ShouldBe(ErrorCodes.Rate);
        fast.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);

        var statuses = new List<HttpStatusCode>();
        for (int i = 0; i < 40; i++)
        {
            using HttpResponseMessage guess = await server.Client.GetAsync("/model/registry?api_key=guess");
            statuses.Add(guess.StatusCode);
        }

        statuses[0].ShouldBe(HttpStatusCode.Unauthorized);
        statuses[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        using HttpResponseMessage right = await server.Client.GetAsync("/model/registry?api_key=" + key);
        right.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_server_that_others_reach_needs_keys_or_a_word() =>
        (await Should.ThrowAsync<ArgumentException>(
            RfDetrServer.StartAsync(TestServer.Options with { Host = IPAddress.Any }))).Message.ShouldContain("--insecure");

    [Fact]
    public async Task Other_origins_are_let_in_only_where_they_are_listed()
    {
        await using TestServer server =
            await TestServer.StartAsync(TestServer.Options with { CorsOrigins = ["https://page.example"] });

        (await OriginAsync("https://page.example")).ShouldBe("https://page.example");
        (await OriginAsync("https://other.example")).ShouldBeNull();

        async Task<string?> OriginAsync(string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, "/detect");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            using HttpResponseMessage response = await server.Client.SendAsync(request);
            return response.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values)
                ? values.Single()
                : null;
        }
    }

    [Fact]
    public async Task Https_is_served_by_a_certificate_file()
    {
        using var folder = new TemporaryFolder();
        using (var key = RSA.Create(2048))
        {
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using X509Certificate2 made =
                request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
            await File.WriteAllBytesAsync(folder["server.pfx"], made.Export(X509ContentType.Pfx, ""));
        }

        await using TestServer server =
            await TestServer.StartAsync(TestServer.Options with { CertificateFile = folder["server.pfx"] });
        using var client = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=localhost",
        });

        server.Server.Address.Scheme.ShouldBe("https");
        using HttpResponseMessage response = await client.PostAsync(
            new Uri(server.Server.Address, "/detect"), TestServer.Body(Scenes.Jpeg, "image/jpeg"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, HttpMethod method, string path, string key)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (path.StartsWith("/detect", StringComparison.Ordinal))
            request.Content = TestServer.Body(Scenes.Jpeg, "image/jpeg");
        return await server.Client.SendAsync(request);
    }

    /// <summary>Names, and servers behind them, without a network.</summary>
    private sealed class FakeNetwork : IDisposable
    {
        private int _rebinding;

        public FakeNetwork() => Fetcher = new UrlFetcher(
            new ServeOptions { UrlInputs = UrlInputs.Public, Limits = new RequestLimits { MaxBodyBytes = 1000 } }, ResolveAsync,
                ConnectAsync);

        public UrlFetcher Fetcher { get; }

        public ConcurrentDictionary<string, string> Pages { get; } = new();

        public ConcurrentQueue<string> Connections { get; } = new();

        public ConcurrentQueue<string> Requests { get; } = new();

        public void Dispose() => Fetcher.Dispose();

        private Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            IPAddress outside = IPAddress.Parse("93.184.215.14");
            return Task.FromResult<IPAddress[]>(host switch
            {
                "public.test" => [outside],
                "mixed.test" => [outside, IPAddress.Parse("10.0.0.1")],
                "inside.test" => [IPAddress.Parse("192.168.0.7")],
                "localhost" => [IPAddress.Loopback],
                "rebinding.test" => [Interlocked.Increment(ref _rebinding) == 1 ? outside : IPAddress.Loopback],
                _ => throw new SocketException((int)SocketError.HostNotFound),
            });
        }

        private Task<Stream> ConnectAsync(IPEndPoint to, CancellationToken cancellationToken)
        {
            Connections.Enqueue(to.ToString());
            return Task.FromResult<Stream>(new Conversation(this));
        }

        /// <summary>Answers one request with the page of its path.</summary>
        private sealed class Conversation(FakeNetwork network) : Stream
        {
            private readonly TaskCompletionSource<byte[]> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            private readonly StringBuilder _request = new();
            private int _at;

            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => true;

            public override long Length => throw new NotSupportedException();

            public override long Position
            {
                get => throw new NotSupportedException();
                set => throw new NotSupportedException();
            }

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                byte[] answer = await _answer.Task.WaitAsync(cancellationToken);
                int count = Math.Min(buffer.Length, answer.Length - _at);
                answer.AsMemory(_at, count).CopyTo(buffer);
                _at += count;
                return count;
            }

            public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                _request.Append(Encoding.ASCII.GetString(buffer.Span));
                string text = _request.ToString();
                if (text.Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    network.Requests.Enqueue(text);
                    _answer.TrySetResult(Encoding.ASCII.GetBytes(network.Pages[text.Split(' ')[1]]));
                }

                return ValueTask.CompletedTask;
            }

            public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

            public override void Flush()
            {
            }

            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();
        }
    }
}
