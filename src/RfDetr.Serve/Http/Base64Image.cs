using System.Buffers;
using System.Buffers.Text;

namespace RfDetr.Serve;

/// <summary>
/// Images as base64 text, decoded where they lie in the request's bytes: an image of 15 MiB never becomes a string. A prefix such
/// as <c>data:image/jpeg;base64,</c>, quotes around the text, white space and the web-safe alphabet are taken too.
/// </summary>
internal static class Base64Image
{
    private static ReadOnlySpan<byte> DataPrefix => "data:"u8;

    /// <summary>Decodes in place.</summary>
    /// <param name="text">The text; overwritten.</param>
    /// <returns>The decoded bytes, the beginning of <paramref name="text"/> or a part of it.</returns>
    /// <exception cref="ServeException">400: it is not base64.</exception>
    public static Memory<byte> DecodeInPlace(Memory<byte> text)
    {
        Memory<byte> body = Trim(text);
        if (body.Span.StartsWith(DataPrefix))
        {
            int comma = body.Span.IndexOf((byte)',');
            if (comma < 0)
                throw Invalid();
            body = Trim(body[(comma + 1)..]);
        }

        int length = Compact(body.Span);
        int padding = (4 - length % 4) % 4;
        if (length == 0 || padding == 3)
            throw Invalid();
        Span<byte> whole = body.Span[..(length - length % 4)];
        OperationStatus status = Base64.DecodeFromUtf8InPlace(whole, out int written);
        if (status != OperationStatus.Done)
            throw Invalid();
        if (padding > 0)
        {
            // Text without its '=' signs: the last group is completed.
            Span<byte> group = stackalloc byte[4];
            group.Fill((byte)'=');
            body.Span[(length - length % 4)..length].CopyTo(group);
            if (Base64.DecodeFromUtf8InPlace(group, out int rest) != OperationStatus.Done)
                throw Invalid();
            group[..rest].CopyTo(body.Span[written..]);
            written += rest;
        }

        return body[..written];
    }

    private static Memory<byte> Trim(Memory<byte> text)
    {
        while (text.Length > 0 && IsAround(text.Span[0]))
            text = text[1..];
        while (text.Length > 0 && IsAround(text.Span[^1]))
            text = text[..^1];
        return text;
    }

    private static bool IsAround(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'"' or (byte)'\'';

    // Line ends out, '-' and '_' to the common alphabet; nearly always there is nothing to do.
    private static int Compact(Span<byte> text)
    {
        int first = text.IndexOfAny("\r\n \t-_"u8);
        if (first < 0)
            return text.Length;
        int to = first;
        foreach (byte b in text[first..])
        {
            if (b is (byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t')
                continue;
            text[to++] = b switch { (byte)'-' => (byte)'+', (byte)'_' => (byte)'/', _ => b };
        }

        return to;
    }

    private static ServeException Invalid() =>
        ServeException.BadRequest(ErrorCodes.Image, "the image is not valid base64 text");
}
