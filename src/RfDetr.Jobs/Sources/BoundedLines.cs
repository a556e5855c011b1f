using System.Runtime.CompilerServices;
using System.Text;

namespace RfDetr.Jobs;

/// <summary>
/// The lines of a text file that are not empty; a line longer than any path is refused before it fills the memory.
/// </summary>
internal static class BoundedLines
{
    private const int MostCharacters = 1 << 16;

    /// <summary>Reads the lines with their 1-based numbers.</summary>
    /// <exception cref="JobException">
    /// The file is no list: a line is too long, not UTF-8, or holds control characters.
    /// </exception>
    public static async IAsyncEnumerable<(long Number, string Line)> ReadAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var line = new StringBuilder();
        char[] buffer = new char[1 << 14];
        for (long number = 1; ;)
        {
            int count = await ReadAsync(reader, buffer, path, number, cancellationToken).ConfigureAwait(false);
            for (int at = 0; at < count;)
            {
                int end = buffer.AsSpan(at, count - at).IndexOf('\n');
                line.Append(buffer, at, end < 0 ? count - at : end);
                if (line.Length > MostCharacters)
                {
                    throw new JobException(Invariant.Text(
                        $"'{path}', line {number} has more than {MostCharacters} characters; a list has one path per line"));
                }

                if (end < 0)
                    break;
                at += end + 1;
                if (Take(line, path, number) is { } text)
                    yield return (number, text);
                number++;
            }

            if (count > 0)
                continue;
            if (Take(line, path, number) is { } last)
                yield return (number, last);
            yield break;
        }
    }

    private static async Task<int> ReadAsync(
        StreamReader reader, char[] buffer, string path, long number, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (DecoderFallbackException e)
        {
            throw new JobException(
                Invariant.Text($"'{path}' is not UTF-8 behind line {number}; a list has one path per line"), e);
        }
    }

    private static string? Take(StringBuilder line, string path, long number)
    {
        if (line.Length > 0 && line[^1] == '\r')
            line.Length--;
        string text = line.ToString();
        line.Clear();
        if (text.Any(char.IsControl))
        {
            throw new JobException(Invariant.Text(
                $"'{path}', line {number} holds a control character; a list is text with one path per line"));
        }

        return text.Length > 0 ? text : null;
    }
}
