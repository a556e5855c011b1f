namespace RfDetr.Checkpoints;

/// <summary>A checkpoint file is broken, hostile, of another kind, or holds something that is not understood.</summary>
/// <remarks>The message names the file, what was found and what to do; nothing in the file was executed.</remarks>
public sealed class CheckpointFormatException : RfDetrException
{
    /// <summary>An error without a cause below it.</summary>
    public CheckpointFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An error with the reader's own exception as its cause.</summary>
    public CheckpointFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
