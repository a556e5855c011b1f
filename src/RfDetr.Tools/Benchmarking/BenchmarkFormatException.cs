namespace RfDetr.Tools;

/// <summary>A file is not a valid benchmark report; the message says where and why.</summary>
public sealed class BenchmarkFormatException : RfDetrException
{
    /// <summary>With a message that names the file.</summary>
    public BenchmarkFormatException(string message)
        : base(message)
    {
    }

    /// <summary>With a message that names the file, and what was wrong in detail.</summary>
    public BenchmarkFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
