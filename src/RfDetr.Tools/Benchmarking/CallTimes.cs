namespace RfDetr.Tools;

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
