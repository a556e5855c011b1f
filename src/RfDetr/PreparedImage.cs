using System.Buffers;

namespace RfDetr;

/// <summary>
/// An image that is ready for the network: resized and normalized, together with its own options. It holds the network's input
/// (<c>3 · H · W</c> floats) and none of the image's pixels, so that many may wait for a run.
/// </summary>
/// <remarks>
/// Made by <see cref="Detector.Prepare"/> and detected by
/// <see cref="Detector.Detect(IReadOnlyList{PreparedImage}, CancellationToken)"/>. Not for several threads at once.
/// </remarks>
public sealed class PreparedImage : INetworkEntry, IDisposable
{
    private readonly DetectionDecoder _decoder;
    private readonly int _length;
    private readonly StageTimes _times;
    private float[]? _input;

    internal PreparedImage(
        PixelFrame frame, ModelInfo model, NetworkContract contract, DetectOptions options, double decodeMs)
    {
        Options = options;
        (Width, Height) = (frame.Width, frame.Height);
        _decoder = new DetectionDecoder(model, contract, options);
        PixelFrame view = options.Roi is { } roi ? frame.Crop(roi.X, roi.Y, roi.Width, roi.Height) : frame;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        _length = contract.InputLength;
        _input = ArrayPool<float>.Shared.Rent(_length);
        Preprocessor.Run(
            view, _input.AsSpan(0, _length), model.InputHeight, model.InputWidth, options.ResizeRule ?? model.ResizeRule,
            model.Normalization);
        _times = new StageTimes { DecodeMs = decodeMs, PreprocessMs = StageClock.Ms(start) };
    }

    /// <summary>Width of the whole image in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the whole image in pixels.</summary>
    public int Height { get; }

    /// <summary>The options of this image.</summary>
    public DetectOptions Options { get; }

    /// <summary>Bytes that it holds until it is disposed.</summary>
    public long Bytes => (long)_length * sizeof(float);

    /// <summary>The result of the last run; the default value before.</summary>
    internal ImageAnswer Answer { get; private set; }

    ReadOnlySpan<float> INetworkEntry.Input => Input;

    private ReadOnlySpan<float> Input
    {
        get
        {
            ObjectDisposedException.ThrowIf(_input is null, this);
            return _input.AsSpan(0, _length);
        }
    }

    void INetworkEntry.Take(INetworkOutputs outputs, int image, double inferenceMs)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            Detections found = _decoder.Decode(outputs, image, Width, Height);
            Answer = new(
                found with { Times = _times with { InferenceMs = inferenceMs, PostprocessMs = StageClock.Ms(start) } }, null);
            Telemetry.Add(Answer.Result!);
        }
        catch (NetworkOutputException e)
        {
            Answer = new(null, e);
        }
    }

    /// <summary>Frees the network's input.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _input, null) is { } input)
            ArrayPool<float>.Shared.Return(input);
    }
}

/// <summary>A place in a run of the network: the input of one image, and the taker of its output.</summary>
internal interface INetworkEntry
{
    /// <summary>The network's input, <c>[3, H, W]</c>; read before the network runs.</summary>
    ReadOnlySpan<float> Input { get; }

    /// <summary>Takes what it needs of the answer; the outputs are gone afterwards.</summary>
    /// <param name="outputs">The network's answer.</param>
    /// <param name="image">0-based index in the batch.</param>
    /// <param name="inferenceMs">This image's share of the run, in milliseconds.</param>
    void Take(INetworkOutputs outputs, int image, double inferenceMs);
}
