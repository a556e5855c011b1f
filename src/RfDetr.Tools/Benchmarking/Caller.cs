using System.Diagnostics;

namespace RfDetr.Tools;

/// <summary>
/// One thread's part of a series: makes calls and records their times. Between the first and the last call it allocates images
/// only.
/// </summary>
internal sealed class Caller(Detector detector, ImageSet images, BenchmarkOptions options, int batch)
{
    private readonly DetectOptions _detect = new() { ScoreThreshold = options.ScoreThreshold };
    private readonly Image?[] _loaded = new Image?[batch];
    private readonly CallTimes[] _calls = new CallTimes[options.CallLimit];
    private int _count;

    /// <summary>The calls made so far.</summary>
    public ReadOnlySpan<CallTimes> Calls => _calls.AsSpan(0, _count);

    /// <summary>Forgets what was measured so far.</summary>
    public void Reset() => _count = 0;

    /// <summary>Makes one call and notes it.</summary>
    /// <param name="number">Of all calls of the series, from 0; decides which images are shown.</param>
    /// <param name="spin">True if the machine is measured afterwards.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public void Call(int number, bool spin, CancellationToken cancellationToken)
    {
        ref CallTimes call = ref _calls[_count];
        call = default;
        try
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            call.Start = Stopwatch.GetTimestamp();
            for (int i = 0; i < batch; i++)
                _loaded[i] = images.Decode((int)(((long)number * batch + i) % images.Count));
            call.Decode = Stopwatch.GetElapsedTime(call.Start).TotalMilliseconds;
            if (batch == 1)
                One(ref call, allocated, cancellationToken);
            else
                Many(ref call, allocated, cancellationToken);
            call.End = Stopwatch.GetTimestamp();
            call.EndToEnd = Stopwatch.GetElapsedTime(call.Start, call.End).TotalMilliseconds;
        }
        finally
        {
            foreach (Image? image in _loaded)
                image?.Dispose();
        }

        if (spin)
            call.Spin = SpinLoop.Measure();
        _count++;
    }

    private void One(ref CallTimes call, long allocatedBefore, CancellationToken cancellationToken)
    {
        Detections found = detector.Detect(_loaded[0]!, _detect, cancellationToken);
        call.Allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        Add(ref call, found.Times);
        if (options.Draw)
            Draw(ref call, _loaded[0]!, found);
    }

    private void Many(ref CallTimes call, long allocatedBefore, CancellationToken cancellationToken)
    {
        IReadOnlyList<Detections> found = detector.Detect(_loaded!, batch, _detect, cancellationToken);
        call.Allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        for (int i = 0; i < batch; i++)
            Add(ref call, found[i].Times);
        for (int i = 0; i < batch && options.Draw; i++)
            Draw(ref call, _loaded[i]!, found[i]);
    }

    private void Draw(ref CallTimes call, Image image, Detections found)
    {
        long start = Stopwatch.GetTimestamp();
        found.Draw(image).Dispose();
        call.Draw += Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Add(ref CallTimes call, StageTimes times)
    {
        call.Preprocess += times.PreprocessMs;
        call.Run += times.InferenceMs;
        call.Postprocess += times.PostprocessMs;
    }
}

/// <summary>One measured call. Times in milliseconds, of all its images.</summary>
internal struct CallTimes
{
    /// <summary>Stopwatch ticks.</summary>
    public long Start, End;

    public double Decode, Preprocess, Run, Postprocess, Draw, EndToEnd;

    /// <summary>Managed bytes of the calling thread, without drawing.</summary>
    public long Allocated;

    /// <summary>The calibrated loop after the call; 0 if it was not run.</summary>
    public double Spin;
}
