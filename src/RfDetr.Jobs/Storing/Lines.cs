namespace RfDetr.Jobs;

/// <summary>Lines of JSON as bytes: manifests and rows.</summary>
internal static class Lines
{
    /// <summary>The lines without their line feeds; empty ones too, but none behind the last line feed.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> text)
    {
        while (!text.IsEmpty)
        {
            int end = text.Span.IndexOf((byte)'\n');
            yield return end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
        }
    }
}
