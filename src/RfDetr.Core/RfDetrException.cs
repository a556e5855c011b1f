namespace RfDetr;

/// <summary>
/// Base of all failures that files, networks, the machine or other programs cause. The caller's own mistakes are
/// <see cref="ArgumentException"/>s; a file that is missing or locked is an <see cref="IOException"/> as everywhere.
/// </summary>
public abstract class RfDetrException : Exception
{
    /// <summary>A failure with a message that names the thing, both values and the cure.</summary>
    protected RfDetrException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
