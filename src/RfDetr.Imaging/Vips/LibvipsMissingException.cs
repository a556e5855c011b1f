namespace RfDetr;

/// <summary>No usable libvips on this machine; the message lists where it was looked for and how to cure it.</summary>
public sealed class LibvipsMissingException : DllNotFoundException
{
    internal LibvipsMissingException(IReadOnlyList<string> tried)
        : base($"libvips, which reads and writes images, was not found. Tried: {string.Join(", ", tried)}. "
            + "Run './rfdetr doctor', or set RFDETR_LIBVIPS to the library file or its folder.") => Tried = tried;

    /// <summary>The paths and names that were tried, in order.</summary>
    public IReadOnlyList<string> Tried { get; }
}
