namespace RfDetr.Data;

/// <summary>
/// A data set, or one of its annotation files, cannot be read as what it claims to be. Never the caller's mistake.
/// </summary>
/// <remarks>The message names the file, the place in it (entry and field), what is there, and what would be right.</remarks>
public sealed class DataSetFormatException : RfDetrException
{
    /// <summary>Makes the error.</summary>
    /// <param name="file">The file or folder at fault; the message begins with it.</param>
    /// <param name="reason">Place, value and cure, as one sentence.</param>
    /// <param name="innerException">The cause, if another exception revealed it.</param>
    public DataSetFormatException(string file, string reason, Exception? innerException = null)
        : base($"{file}: {Invariant.Short(reason)}", innerException) => File = file;

    /// <summary>The file or folder at fault.</summary>
    public string File { get; }
}
