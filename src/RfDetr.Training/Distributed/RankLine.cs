using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RfDetr.Training;

/// <summary>
/// Lines between two processes of a run: a mark that no other protocol begins with, and a JSON document. Whoever else connects to
/// the port is not answered, and can neither fill the memory nor hold up the others.
/// </summary>
internal static class RankLine
{
    private const string Mark = "rfdetr-ranks-1 ";
    private const int MostBytes = 4096;

    public static async Task WriteAsync<T>(NetworkStream stream, T message, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        byte[] line = Encoding.UTF8.GetBytes(Mark + JsonSerializer.Serialize(message, type) + "\n");
        await stream.WriteAsync(line, cancellation).ConfigureAwait(false);
    }

    /// <summary>The next line; null if it is none of ours, or there is none.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<T?> ReadAsync<T>(NetworkStream stream, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var bytes = new byte[MostBytes];
        int length = 0;
        while (length < bytes.Length && (length == 0 || bytes[length - 1] != (byte)'\n'))
        {
            // One line in each direction is all that is said, so nothing follows it.
            int read = await stream.ReadAsync(bytes.AsMemory(length), cancellation).ConfigureAwait(false);
            if (read == 0)
                return null;
            length += read;
        }

        string text = Encoding.UTF8.GetString(bytes, 0, length);
        if (!text.StartsWith(Mark, StringComparison.Ordinal) || !text.EndsWith('\n'))
            return null;
        try
        {
            return JsonSerializer.Deserialize(text.AsSpan(Mark.Length), type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
