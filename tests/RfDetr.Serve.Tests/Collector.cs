using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace RfDetr.Serve.Tests;

/// <summary>
/// A collector of OpenTelemetry on a free port of the loopback, by gRPC as the protocol defines it: it keeps what arrives and
/// reads as much of it as tells the names.
/// </summary>
internal sealed class Collector : IAsyncDisposable
{
    private const string Metrics = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        Traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Message)> _received = new();

    private Collector(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Names of metrics.</summary>
    public IReadOnlyList<string> MetricNames => Texts(Metrics, 1, 2, 2, 1);

    /// <summary>Names of spans.</summary>
    public IReadOnlyList<string> SpanNames => Texts(Traces, 1, 2, 2, 5);

    /// <summary>Ids of the traces, one for each span.</summary>
    public IReadOnlyList<string> TraceIds => [.. Fields(Traces, 1, 2, 2, 1).Select(Convert.ToHexString)];

    /// <summary>Attributes of the senders: names and texts in turn.</summary>
    public IReadOnlyList<string> Resources => [.. Texts(Metrics, 1, 1, 1, 1), .. Texts(Metrics, 1, 1, 1, 2, 1)];

    /// <summary>True if a text is anywhere in what arrived.</summary>
    public bool Holds(string text) =>
        _received.Any(r => r.Message.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public static async Task<Collector> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        var collector = new Collector(app);
        app.Run(collector.ReceiveAsync);
        await app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    // A message of gRPC: a byte for compression, its length in four, the message. The answer is an empty one.
    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        byte[] bytes = body.ToArray();
        bytes[0].ShouldBe((byte)0, "not compressed");
        int length = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(1));
        bytes.Length.ShouldBe(5 + length);
        _received.Enqueue((context.Request.Path.Value!, bytes[5..]));
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private List<string> Texts(string path, params int[] fields) => [.. Fields(path, fields).Select(Encoding.UTF8.GetString)];

    private List<byte[]> Fields(string path, params int[] fields) =>
        [.. _received.Where(r => r.Path == path).SelectMany(r => fields.Aggregate(
            (IEnumerable<byte[]>)[r.Message], (messages, field) => messages.SelectMany(m => Field(m, field))))];

    /// <summary>The values of a field of a message, texts and messages alike.</summary>
    private static List<byte[]> Field(byte[] message, int field)
    {
        var values = new List<byte[]>();
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == field
                && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                values.Add(input.ReadBytes().ToByteArray());
            else
                input.SkipLastField();
        }

        return values;
    }
}
