using System.Diagnostics;

namespace RfDetr.Serve;

/// <summary>
/// The way of images through the server: admitted, decoded, queued, computed. The one use case that all routes call.
/// </summary>
internal sealed class InferenceService : IDisposable
{
    private readonly RequestLimits _limits;
    private readonly ServeMetrics _metrics;
    private readonly SemaphoreSlim _decoders = new(Environment.ProcessorCount);

    public InferenceService(ServeOptions options, ServeMetrics metrics) => (_limits, _metrics) = (options.Limits, metrics);

    /// <summary>Finds objects in the images of a request; all have the same options.</summary>
    /// <param name="context">The request.</param>
    /// <param name="model">The model.</param>
    /// <param name="images">Encoded images; they must not change meanwhile.</param>
    /// <param name="options">What to keep.</param>
    /// <exception cref="ServeException">503 without a place in the queue, 504 when the time is up.</exception>
    /// <exception cref="ImageContentException">One of them is no image or exceeds the limits.</exception>
    public async Task<IReadOnlyList<Detections>> DetectAsync(
        HttpContext context, LoadedModel model, IReadOnlyList<ReadOnlyMemory<byte>> images, DetectOptions options)
    {
        if (images.Count > _limits.MaxImages)
            throw new ServeException(
                StatusCodes.Status413PayloadTooLarge, ErrorCodes.Images, Invariant.Text(
                    $"the request has {images.Count} images; the limit is {_limits.MaxImages}"));
        RequestScope scope = RequestScope.Of(context);
        (scope.Model, scope.Images) = (model.Name, images.Count);
        KeyGate.Spend(context, images.Count);
        return await WithinAsync(context, model, images.Count, async gone =>
        {
            Task<Detections>[] work =
                [.. images.Select(image => DetectAsync(scope, model, image, options, gone))];
            return (IReadOnlyList<Detections>)await AllAsync(work).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Finds objects in one frame of a stream, which has no request of its own.</summary>
    public async Task<Detections> DetectFrameAsync(
        RequestScope scope, LoadedModel model, ReadOnlyMemory<byte> image, DetectOptions options, CancellationToken gone)
    {
        using MicroBatcher.Admission place = model.Batcher.Admit(1, _limits.Deadline);
        return await DetectAsync(
            scope, model, image, options, gone,
                Stopwatch.GetTimestamp() + (long)(_limits.Deadline.TotalSeconds * Stopwatch.Frequency))
            .ConfigureAwait(false);
    }

    /// <summary>Passes tensors through the network as they are.</summary>
    /// <param name="context">The request.</param>
    /// <param name="model">The model.</param>
    /// <param name="inputs">One input for each image.</param>
    /// <param name="outputs">The outputs to give.</param>
    /// <returns>For each image the outputs in the order asked for.</returns>
    public async Task<IReadOnlyList<float[][]>> RunAsync(
        HttpContext context, LoadedModel model, IReadOnlyList<ReadOnlyMemory<float>> inputs, IReadOnlyList<OutputSpec> outputs)
    {
        RequestScope scope = RequestScope.Of(context);
        (scope.Model, scope.Images) = (model.Name, inputs.Count);
        KeyGate.Spend(context, inputs.Count);
        return await WithinAsync(context, model, inputs.Count, async gone =>
        {
            TensorEntry[] entries = [.. inputs.Select(i => new TensorEntry(i, outputs, scope.Lane, scope.Deadline))];
            await AllAsync([.. entries.Select(e => QueueAsync(scope, model, e, gone))]).ConfigureAwait(false);
            return (IReadOnlyList<float[][]>)[.. entries.Select(e => e.Results)];
        }).ConfigureAwait(false);
    }

    public void Dispose() => _decoders.Dispose();

    /// <summary>Does work between admission and deadline; the answer comes at the deadline, whatever the network does.</summary>
    private async Task<T> WithinAsync<T>(
        HttpContext context, LoadedModel model, int images, Func<CancellationToken, Task<T>> work)
    {
        RequestScope scope = RequestScope.Of(context);
        TimeSpan remaining = scope.Remaining();
        using MicroBatcher.Admission place = model.Batcher.Admit(images, remaining);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        gone.CancelAfter(remaining);
        try
        {
            return await work(gone.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            _metrics.Failed(model.Name, ErrorCodes.Deadline);
            throw ServeException.Deadline(scope.Limit);
        }
    }

    private Task<Detections> DetectAsync(
        RequestScope scope, LoadedModel model, ReadOnlyMemory<byte> image, DetectOptions options, CancellationToken gone) =>
        DetectAsync(scope, model, image, options, gone, scope.Deadline);

    private async Task<Detections> DetectAsync(
        RequestScope scope, LoadedModel model, ReadOnlyMemory<byte> image, DetectOptions options, CancellationToken gone,
        long deadline)
    {
        try
        {
            PreparedImage prepared = await PrepareAsync(model, image, options, gone).ConfigureAwait(false);
            var entry = new DetectEntry(prepared, scope.Lane, deadline);
            await QueueAsync(scope, model, entry, gone).ConfigureAwait(false);
            Detections found = entry.Result;
            lock (scope)
            {
                scope.DecodeMs += found.Times.DecodeMs + found.Times.PreprocessMs;
                scope.PostprocessMs += found.Times.PostprocessMs;
            }

            _metrics.Answered(model.Name, found);
            return found;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _metrics.Failed(model.Name, RequestPipeline.ToServe(e, _limits).Code);
            throw;
        }
    }

    // At most as many at a time as there are cores: more would only take memory.
    private async Task<PreparedImage> PrepareAsync(
        LoadedModel model, ReadOnlyMemory<byte> encoded, DetectOptions options, CancellationToken gone)
    {
        await _decoders.WaitAsync(gone).ConfigureAwait(false);
        try
        {
            long start = Stopwatch.GetTimestamp();
            using Image image = await Image.DecodeAsync(encoded, _limits.Image, gone).ConfigureAwait(false);
            return model.Detector.Prepare(image, options, StageClock.Ms(start));
        }
        finally
        {
            _decoders.Release();
        }
    }

    private static async Task<RunFacts> QueueAsync(
        RequestScope scope, LoadedModel model, BatchEntry entry, CancellationToken gone)
    {
        RunFacts facts = await model.Batcher.RunAsync(entry, gone).ConfigureAwait(false);
        lock (scope)
        {
            scope.QueueMs = Math.Max(scope.QueueMs, facts.QueueMs);
            scope.RunMs = Math.Max(scope.RunMs, facts.RunMs);
            scope.Batch = Math.Max(scope.Batch, facts.Batch);
        }

        return facts;
    }

    // All of them end before the first failure is reported: they read the caller's buffers.
    private static async Task<T[]> AllAsync<T>(Task<T>[] work)
    {
        try
        {
            return await Task.WhenAll(work).ConfigureAwait(false);
        }
        catch (Exception) when (work.FirstOrDefault(t => t.IsFaulted) is { } failed)
        {
            return [await failed.ConfigureAwait(false)];
        }
    }
}
