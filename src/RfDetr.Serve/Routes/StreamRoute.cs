using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Serve;

/// <summary>
/// <c>/stream</c>: a WebSocket for frames. In: an encoded image (binary), or settings (text: <c>{"threshold", "classes", "masks",
/// "roi"}</c>). Out: one JSON text for each frame that was computed. One frame waits; a newer one replaces it and is counted, so
/// a camera that is faster than the network sees the present and not a growing past.
/// </summary>
internal sealed class StreamRoute(
    ServeOptions options, ModelRegistry models, InferenceService inference, KeyGate keys, ServeMetrics metrics, ServerState state)
{
    private const string Protocol = "rfdetr.stream";
    private const int MaxSettings = 64 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/stream", (Delegate)RunAsync).Describe(
        "Frames over a WebSocket",
        "In: an encoded image as a binary message, or settings as a text message. Out: "
        + "`{frame, width, height, time_ms, dropped, detections}` for each frame that was computed.",
        ("model", "Name of a model; the first one of the server where it is missing."));

    private async Task RunAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw new ServeException(
                StatusCodes.Status426UpgradeRequired, ErrorCodes.Type, "/stream is a WebSocket: Upgrade: websocket");
        }

        CheckOrigin(context.Request);
        keys.Require(context, Rights.Infer);
        if (state.IsDraining)
            throw ServeException.Draining();
        string? id = QueryValues.Of(context.Request).Text("model");
        bool mayLoad = keys.Has(context, Rights.Models);
        models.Lease(id, mayLoad).Dispose(); // an unknown model is an answer of HTTP, before the upgrade
        DetectOptions start = new();
        // A browser that offers protocols breaks off unless one of them is chosen.
        string? protocol = context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) ? Protocol : null;
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(protocol).ConfigureAwait(false);
        // A read or write of a socket that is canceled breaks its connection: only waiting and computing end with the server.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, state.Stopping);
        using var frames = new LatestFrame();
        Task reading = ReadAsync(socket, frames, RequestScope.Of(context).Budget, context.RequestAborted);
        try
        {
            await AnswerAsync(context, socket, frames, id, mayLoad, start, stop.Token).ConfigureAwait(false);
            await CloseAsync(socket, WebSocketCloseStatus.NormalClosure, "").ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await CloseAsync(socket, WebSocketCloseStatus.EndpointUnavailable, "the server is about to stop")
                .ConfigureAwait(false);
        }
        catch (WebSocketException)
        {
            // The client went away.
        }
        finally
        {
            // The client answers a close by its own; one that does not is cut off.
            await Task.WhenAny(reading, Task.Delay(s_patience, CancellationToken.None)).ConfigureAwait(false);
            socket.Abort();
            await reading.ConfigureAwait(false);
            metrics.Dropped(RequestScope.Of(context).Model ?? "", frames.Dropped);
        }
    }

    private async Task AnswerAsync(
        HttpContext context, WebSocket socket, LatestFrame frames, string? id, bool mayLoad, DetectOptions settings,
        CancellationToken stop)
    {
        RequestScope scope = RequestScope.Of(context);
        while (await frames.NextAsync(stop).ConfigureAwait(false) is { } message)
        {
            using PooledBytes bytes = message.Bytes;
            using ModelLease lease = models.Lease(id, mayLoad); // again for each frame: the model may have been replaced
            ReadOnlyMemory<byte> answer;
            try
            {
                if (message.IsSettings)
                {
                    settings = StreamSettings.Read(bytes.Memory, lease.Model.Info);
                    continue;
                }

                scope.Model = lease.Model.Name;
                scope.Images++;
                KeyGate.Spend(context, 1);
                Detections found = await inference.DetectFrameAsync(scope, lease.Model, bytes.Memory, settings, stop)
                    .ConfigureAwait(false);
                answer = JsonStyle.ToUtf8(
                    FrameDocument.Of(message.Number, frames.Dropped, found), StreamJson.Default.FrameDocument);
            }
            catch (Exception e) when (e is ServeException or ImageContentException or ArgumentException or JsonException
                or NetworkOutputException)
            {
                // A frame that fails is an answer; the stream goes on.
                ServeException error = RequestPipeline.ToServe(e, options.Limits);
                answer = JsonStyle.ToUtf8(
                    new FrameErrorDocument(message.Number, error.Message, error.Code, scope.Id),
                    StreamJson.Default.FrameErrorDocument);
            }

            await socket.SendAsync(answer, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Reads messages until the socket closes; never throws.</summary>
    private async Task ReadAsync(WebSocket socket, LatestFrame frames, BodyBudget budget, CancellationToken gone)
    {
        byte[] part = ArrayPool<byte>.Shared.Rent(64 * 1024);
        long number = 0;
        try
        {
            while (await ReadMessageAsync(socket, part, budget, number, gone).ConfigureAwait(false) is { } message)
            {
                number += message.IsSettings ? 0 : 1;
                frames.Put(message);
            }
        }
        catch (ServeException e)
        {
            await CloseAsync(socket, WebSocketCloseStatus.MessageTooBig, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // The client went away, or the server stops.
        }
        finally
        {
            frames.Complete();
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    /// <summary>Reads a message; null if the client closes.</summary>
    private async Task<StreamMessage?> ReadMessageAsync(
        WebSocket socket, byte[] part, BodyBudget budget, long number, CancellationToken gone)
    {
        var bytes = PooledBytes.Begin(budget);
        try
        {
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(part.AsMemory(), gone).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    bytes.Dispose();
                    return null;
                }

                bytes.Append(
                    part.AsSpan(0, received.Count),
                    received.MessageType == WebSocketMessageType.Text ? MaxSettings : options.Limits.MaxBodyBytes);
            }
            while (!received.EndOfMessage);

            return new StreamMessage(number, bytes, received.MessageType == WebSocketMessageType.Text);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string reason)
    {
        using var limit = new CancellationTokenSource(s_patience);
        try
        {
            // The protocol has room for 123 bytes.
            string brief = reason.Length <= 100 ? reason : reason[..100];
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, brief, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // It is closed then.
        }
    }

    // Browsers let any page open a WebSocket to any server: the server must look where the page came from.
    private void CheckOrigin(HttpRequest request)
    {
        string origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || options.CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
            || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            return;
        throw new ServeException(
            StatusCodes.Status403Forbidden, ErrorCodes.Right,
            $"pages of '{ServeException.Shown(origin)}' may not open streams here (--cors)");
    }
}

/// <summary>A message of a stream.</summary>
internal sealed record StreamMessage(long Number, PooledBytes Bytes, bool IsSettings);

/// <summary>The frame that waits, of which there is one, and settings, which are never dropped.</summary>
internal sealed class LatestFrame : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<StreamMessage> _settings = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private StreamMessage? _frame;
    private bool _complete;
    private long _dropped;

    /// <summary>Frames that a newer one replaced.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Put(StreamMessage message)
    {
        lock (_gate)
        {
            if (message.IsSettings)
            {
                if (_settings.Count == 16)
                    _settings.Dequeue().Bytes.Dispose(); // only the last ones matter
                _settings.Enqueue(message);
            }
            else
            {
                if (_frame is { } old)
                {
                    old.Bytes.Dispose();
                    Interlocked.Increment(ref _dropped);
                }

                _frame = message;
            }
        }

        _arrived.Release();
    }

    /// <summary>No message follows.</summary>
    public void Complete()
    {
        lock (_gate)
            _complete = true;
        _arrived.Release();
    }

    /// <summary>The next message, settings first; null at the end.</summary>
    public async Task<StreamMessage?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_settings.TryDequeue(out StreamMessage? settings))
                    return settings;
                if (_frame is { } frame)
                {
                    _frame = null;
                    return frame;
                }

                if (_complete)
                    return null;
            }

            await _arrived.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _frame?.Bytes.Dispose();
            _frame = null;
            while (_settings.TryDequeue(out StreamMessage? settings))
                settings.Bytes.Dispose();
        }
    }
}

/// <summary>Settings of a stream as a client sends them.</summary>
internal sealed record StreamSettings
{
    public float? Threshold { get; init; }

    public IReadOnlyList<string>? Classes { get; init; }

    public bool? Masks { get; init; }

    /// <summary>x, y, width, height.</summary>
    public IReadOnlyList<int>? Roi { get; init; }

    /// <summary>Reads settings.</summary>
    /// <exception cref="ServeException">400: one of them is not what it must be.</exception>
    public static DetectOptions Read(ReadOnlyMemory<byte> text, ModelInfo model)
    {
        StreamSettings settings = JsonSerializer.Deserialize(text.Span, StreamJson.Default.StreamSettings)
            ?? throw ServeException.BadRequest(ErrorCodes.Body, "the settings are null");
        if (settings.Threshold is < 0 or > 1)
            throw ServeException.BadRequest(
                ErrorCodes.Parameter, Invariant.Text($"threshold is {settings.Threshold}, expected a number from 0 to 1"));
        if (settings.Roi is { } roi && roi is not [>= 0, >= 0, >= 1, >= 1])
            throw ServeException.BadRequest(ErrorCodes.Parameter, "roi is not [x, y, width, height] in whole pixels");
        return new DetectOptions
        {
            ScoreThreshold = settings.Threshold ?? DetectOptions.Default.ScoreThreshold,
            Classes = ClassList.Resolve(settings.Classes ?? [], model.Classes, "classes"),
            Heads = settings.Masks == false ? [Head.Boxes] : null,
            Roi = settings.Roi is [int x, int y, int w, int h] ? new PixelRect(x, y, w, h) : null,
        };
    }
}

/// <summary>The answer to a frame.</summary>
/// <param name="Frame">0-based number of the frame among those that were sent.</param>
/// <param name="Width">Width of the frame.</param>
/// <param name="Height">Height of the frame.</param>
/// <param name="TimeMs">Milliseconds of its stages.</param>
/// <param name="Dropped">Frames so far that a newer one replaced.</param>
/// <param name="Detections">The objects, as in the answer of <c>/detect</c>.</param>
internal sealed record FrameDocument(
    long Frame, int Width, int Height, TimesDocument TimeMs, long Dropped, IReadOnlyList<DetectionDocument> Detections)
{
    public static FrameDocument Of(long frame, long dropped, Detections found) => new(
        frame, found.Width, found.Height, TimesDocument.Of(found.Times), dropped,
        [.. found.Items.Select(DetectionDocument.Of)]);
}

/// <summary>The answer to a frame that failed.</summary>
internal sealed record FrameErrorDocument(long Frame, string Message, string Code, string RequestId);

/// <summary>Compiled serialization of what goes over a stream.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StreamSettings))]
[JsonSerializable(typeof(FrameDocument))]
[JsonSerializable(typeof(FrameErrorDocument))]
internal sealed partial class StreamJson : JsonSerializerContext;
