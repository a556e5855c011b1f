namespace RfDetr.Tracking;

/// <summary>A MOTChallenge file is malformed. The message names the file, the line and the cure.</summary>
public sealed class MotFormatException : RfDetrException
{
    /// <summary>A reason, for a person.</summary>
    public MotFormatException(string message)
        : base(message)
    {
    }

    /// <summary>A reason, and what brought it up.</summary>
    public MotFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
