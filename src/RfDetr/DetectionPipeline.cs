using System.Diagnostics;

namespace RfDetr;

/// <summary>Images of one run: one frame of the caller's, or decoded images.</summary>
internal interface IFrames
{
    int Count { get; }

    PixelFrame this[int index] { get; }
}

/// <summary>A single frame.</summary>
internal readonly ref struct OneFrame(PixelFrame frame) : IFrames
{
    private readonly PixelFrame _frame = frame;

    public int Count => 1;

    public PixelFrame this[int index] => _frame;
}

/// <summary>Decoded images.</summary>
internal readonly struct Frames(IReadOnlyList<Image> images) : IFrames
{
    public int Count => images.Count;

    public PixelFrame this[int index] => images[index].Frame;
}

/// <summary>One image's result, or why the network gave none.</summary>
internal readonly record struct ImageAnswer(Detections? Result, NetworkOutputException? Error)
{
    public Detections ResultOrThrow() => Result ?? throw Error!;
}

/// <summary>
/// The way of a batch from pixels to detections: prepare each image, run the network once, decode each image's answer.
/// </summary>
/// <param name="engine">Runs the network.</param>
/// <param name="model">Classes, heads and input.</param>
/// <param name="options">Rules for the detections to keep; null for the defaults.</param>
internal sealed class DetectionPipeline(INetworkEngine engine, ModelInfo model, DetectOptions? options)
{
    private readonly DetectOptions _options = options ?? DetectOptions.Default;
    private readonly DetectionDecoder _decoder = new(model, engine.Contract, options ?? DetectOptions.Default);

    /// <summary>Runs the network once over all the frames; answers are in their order.</summary>
    /// <param name="frames">The images.</param>
    /// <param name="cancellationToken">Stops before or while the network runs.</param>
    /// <param name="turn">Lets one run of the network at a time pass, the thread waiting for it; null lets all.</param>
    public ImageAnswer[] Run<T>(scoped T frames, CancellationToken cancellationToken, SemaphoreSlim? turn = null)
        where T : IFrames, allows ref struct
    {
        using Activity? activity = Telemetry.Start(model.Name, frames.Count);
        using INetworkRun run = engine.Rent(frames.Count);
        double[] prepareMs = Prepare(frames, run, cancellationToken);
        turn?.Wait(cancellationToken);
        return Decode(frames, run, prepareMs, Execute(run, turn, cancellationToken));
    }

    /// <summary>The same, where several runs take turns; who waits for a turn holds no thread.</summary>
    /// <param name="frames">The images.</param>
    /// <param name="turn">Lets runs of the network pass.</param>
    /// <param name="cancellationToken">Stops before or while the network runs.</param>
    public async Task<ImageAnswer[]> RunAsync(Frames frames, SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        using Activity? activity = Telemetry.Start(model.Name, frames.Count);
        using INetworkRun run = engine.Rent(frames.Count);
        double[] prepareMs = Prepare(frames, run, cancellationToken);
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Decode(frames, run, prepareMs, Execute(run, turn, cancellationToken));
    }

    // Runs the network, gives the turn back that was waited for, and returns the milliseconds it took.
    private static double Execute(INetworkRun run, SemaphoreSlim? turn, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            run.Execute(cancellationToken);
            return StageClock.Ms(began);
        }
        finally
        {
            _ = turn?.Release();
        }
    }

    private double[] Prepare<T>(scoped T frames, INetworkRun run, CancellationToken cancellationToken)
        where T : IFrames, allows ref struct
    {
        var prepareMs = new double[frames.Count];
        for (int i = 0; i < frames.Count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Prepare(frames[i], run.Input(i));
            prepareMs[i] = StageClock.Ms(start);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return prepareMs;
    }

    private ImageAnswer[] Decode<T>(scoped T frames, INetworkRun run, double[] prepareMs, double networkMs)
        where T : IFrames, allows ref struct
    {
        var answers = new ImageAnswer[frames.Count];
        for (int i = 0; i < frames.Count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            try
            {
                Detections found = _decoder.Decode(run, i, frames[i].Width, frames[i].Height);
                var times = new StageTimes
                {
                    PreprocessMs = prepareMs[i],
                    InferenceMs = networkMs / frames.Count,
                    PostprocessMs = StageClock.Ms(start)
                };
                answers[i] = new(found with { Times = times }, null);
                Telemetry.Add(answers[i].Result!);
            }
            catch (NetworkOutputException e)
            {
                answers[i] = new(null, e);
            }
        }

        return answers;
    }

    /// <summary>Runs the network once over entries that bring their input and take their output.</summary>
    public static void Run(
        INetworkEngine engine, ModelInfo model, IReadOnlyList<INetworkEntry> entries, CancellationToken cancellationToken)
    {
        using Activity? activity = Telemetry.Start(model.Name, entries.Count);
        using INetworkRun run = engine.Rent(entries.Count);
        for (int i = 0; i < entries.Count; i++)
        {
            ReadOnlySpan<float> input = entries[i].Input;
            if (input.Length != engine.Contract.InputLength)
                throw new ArgumentException(Invariant.Text(
                    $"an image was prepared as {input.Length} values, but '{model.Name}' takes {engine.Contract.InputLength}"));
            input.CopyTo(run.Input(i));
        }

        cancellationToken.ThrowIfCancellationRequested();
        double inferenceMs = Execute(run, null, cancellationToken) / entries.Count;
        for (int i = 0; i < entries.Count; i++)
            entries[i].Take(run, i, inferenceMs);
    }

    private void Prepare(PixelFrame frame, Span<float> input)
    {
        PixelFrame view = _options.Roi is { } roi ? frame.Crop(roi.X, roi.Y, roi.Width, roi.Height) : frame;
        Preprocessor.Run(
            view, input, model.InputHeight, model.InputWidth, _options.ResizeRule ?? model.ResizeRule, model.Normalization);
    }
}

/// <summary>Time since a moment.</summary>
internal static class StageClock
{
    public static double Ms(long from) => Stopwatch.GetElapsedTime(from).TotalMilliseconds;
}
