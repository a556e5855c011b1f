namespace RfDetr;

/// <summary>Kinds of faults of a file that should have been an image.</summary>
public enum ImageFault
{
    /// <summary>There are no bytes at all.</summary>
    Empty,

    /// <summary>The first bytes are those of no image format.</summary>
    NotAnImage,

    /// <summary>An image, but of a kind that cannot be read here.</summary>
    Unsupported,

    /// <summary>The file ends before its image does.</summary>
    Truncated,

    /// <summary>The content contradicts its format.</summary>
    Corrupt,

    /// <summary>Larger than <c>ImageLimits</c> allow.</summary>
    TooLarge,
}

/// <summary>A file's content cannot be used as an image. Never the caller's mistake.</summary>
public sealed class ImageContentException : RfDetrException
{
    internal ImageContentException(string source, ImageFault fault, string reason, Exception? inner = null)
        : base($"{source}: {reason}", inner)
    {
        Fault = fault;
        Image = source;
    }

    /// <summary>Kind of the fault.</summary>
    public ImageFault Fault { get; }

    /// <summary>The path, address or description of where the bytes came from.</summary>
    public string Image { get; }
}
