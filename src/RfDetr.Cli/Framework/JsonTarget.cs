using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RfDetr.Cli.Framework;

/// <summary>
/// The target of JSON and other results. A file has its name only when it is complete: half a document helps nobody.
/// </summary>
internal sealed class JsonTarget : IDisposable
{
    private readonly PendingFile? _file;

    private JsonTarget(Stream stream, PendingFile? file) => (Stream, _file) = (stream, file);

    /// <summary>UTF-8 goes here.</summary>
    public Stream Stream { get; }

    public static JsonTarget To(string path)
    {
        var file = PendingFile.Create(path);
        return new(file.Stream, file);
    }

    /// <summary>
    /// A file that others may read while it grows, for results without an end; its folder is made if it is missing.
    /// </summary>
    public static JsonTarget Growing(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        return new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete), null);
    }

    public static JsonTarget To(TextWriter writer) => new(new Utf8ToText(writer), null);

    /// <summary>A document as a line of its own, which whoever reads along has at once.</summary>
    public void WriteLine<T>(T document, JsonTypeInfo<T> type)
    {
        Stream.Write(JsonSerializer.SerializeToUtf8Bytes(document, type));
        Stream.WriteByte((byte)'\n');
        Stream.Flush();
    }

    /// <summary>All is written.</summary>
    public void Complete() => _file?.Complete();

    public void Dispose()
    {
        Stream.Dispose();
        _file?.Dispose();
    }

    /// <summary>UTF-8 bytes in, characters out; a character may be split between two writes.</summary>
    private sealed class Utf8ToText(TextWriter writer) : Stream
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            char[] text = new char[_decoder.GetCharCount(buffer, flush: false)];
            writer.Write(text, 0, _decoder.GetChars(buffer, text, flush: false));
        }

        public override void Flush() => writer.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
