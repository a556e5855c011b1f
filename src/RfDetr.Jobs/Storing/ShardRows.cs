using System.Buffers;
using System.Text.Json;

namespace RfDetr.Jobs;

/// <summary>Rows as bytes: written from outcomes, read again for reports and other formats.</summary>
internal static class ShardRows
{
    /// <summary>The row of an image with results.</summary>
    public static RowDocument Of(JobImage image, Detections found, JobDefinition job) => new()
    {
        Id = image.Id,
        File = image.Location,
        ImageId = image.ImageId,
        Width = found.Width,
        Height = found.Height,
        Detections = [.. found.Items.Select(DetectionDocument.Of)],
        ModelSha256 = job.ModelSha256,
        OptionsSha256 = job.OptionsSha256,
    };

    /// <summary>The row of an image without results.</summary>
    public static RowDocument Of(JobImage image, string error, JobDefinition job) => new()
    {
        Id = image.Id,
        File = image.Location,
        ImageId = image.ImageId,
        Error = error,
        ModelSha256 = job.ModelSha256,
        OptionsSha256 = job.OptionsSha256,
    };

    /// <summary>Rows as lines of JSON, each ended by a line feed.</summary>
    public static ReadOnlyMemory<byte> ToUtf8(IEnumerable<RowDocument> rows)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using var json = new Utf8JsonWriter(buffer, JsonStyle.Compact);
        foreach (RowDocument row in rows)
        {
            json.Reset(buffer);
            JsonSerializer.Serialize(json, row, JobJson.Default.RowDocument);
            json.Flush();
            buffer.Write("\n"u8);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The rows of a shard.</summary>
    /// <exception cref="JobException">A line is no row.</exception>
    public static IEnumerable<RowDocument> Read(ReadOnlyMemory<byte> rows, string name)
    {
        foreach (ReadOnlyMemory<byte> line in Lines.Of(rows))
        {
            if (!line.IsEmpty)
                yield return JobJson.Read(line.Span, JobJson.Default.RowDocument, name);
        }
    }

    /// <summary>The rows that are errors. Others are told by their first bytes and not read as a whole.</summary>
    public static IEnumerable<FailedImage> Failed(ReadOnlyMemory<byte> rows)
    {
        foreach (ReadOnlyMemory<byte> line in Lines.Of(rows))
        {
            if (!line.IsEmpty && Error(line.Span) is { } failed)
                yield return failed;
        }
    }

    private static FailedImage? Error(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        (string id, string file) = ("", "");
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;
            if (json.ValueTextEquals("width"u8) || json.ValueTextEquals("detections"u8))
                return null; // results
            if (json.ValueTextEquals("id"u8) && json.Read())
                id = json.GetString() ?? "";
            else if (json.ValueTextEquals("file"u8) && json.Read())
                file = json.GetString() ?? "";
            else if (json.ValueTextEquals("error"u8) && json.Read())
                return new FailedImage(id, file, json.GetString() ?? "");
        }

        return null;
    }
}
