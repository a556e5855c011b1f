namespace RfDetr.Tracking;

/// <summary>A file of expected tracking, zone, tiling or metric values cannot be used.</summary>
internal sealed class StreamGoldenException : RfDetrException
{
    /// <summary>A reason, for a person.</summary>
    public StreamGoldenException(string message)
        : base(message)
    {
    }

    /// <summary>A reason, and what brought it up.</summary>
    public StreamGoldenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
