using System.Text;

namespace RfDetr.Data;

/// <summary>
/// Text files as other tools leave them: UTF-8 with or without a byte-order mark, UTF-16 and UTF-32 with one (UTF-16 also
/// without), and whatever else as Latin-1, in which every byte is a character.
/// </summary>
internal static class TextFile
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The whole text.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="limit">Most bytes.</param>
    /// <exception cref="DataSetFormatException">It is longer, or its name is not UTF-8.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Read(string file, long limit)
    {
        if (OddFileName.Hides(file))
            throw new DataSetFormatException(file, OddFileName.Fault + ".");

        // Pipes and devices are files of length 0; opening one could wait forever.
        long length = new FileInfo(file).Length;
        if (length > limit)
            throw new DataSetFormatException(file, $"has {length} bytes; at most {limit} are read.");
        return length == 0 ? "" : Decode(File.ReadAllBytes(file));
    }

    /// <summary>The lines of a text.</summary>
    /// <exception cref="DataSetFormatException">The file is longer than the limit.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEnumerable<string> Lines(string file, long limit)
    {
        var reader = new StringReader(Read(file, limit));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>Decodes text of an unstated encoding.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        (Encoding? encoding, int mark) = Marked(bytes);
        if (encoding is not null)
            return encoding.GetString(bytes[mark..]);
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>
    /// The encoding that a byte-order mark names, or that a first character of ASCII shows; null for anything else.
    /// </summary>
    /// <returns>The encoding and the length of its mark.</returns>
    public static (Encoding? Encoding, int Mark) Marked(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
        [0xFF, 0xFE, 0, 0, ..] => (Encoding.UTF32, 4),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        [not 0, 0, not 0, 0, ..] => (Encoding.Unicode, 0),
        [0, not 0, 0, not 0, ..] => (Encoding.BigEndianUnicode, 0),
        _ => (null, 0),
    };
}
