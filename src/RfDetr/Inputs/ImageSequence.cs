using System.Buffers.Binary;

namespace RfDetr;

/// <summary>
/// The images of a stream: JPEG or PNG images that follow each other without anything between them, as cameras (MJPEG) and
/// <c>ffmpeg -f image2pipe</c> write them, one by one as they arrive. Any other stream is one image.
/// </summary>
/// <remarks>
/// Where an image ends is read from its own structure, never searched for: previews within an image hold whole images of their
/// own. A JPEG file that says that it holds several pictures (gain maps and depth of phones, "MPF") is one image.
/// </remarks>
internal sealed class ImageSequence
{
    private const int WholeRest = -1;
    private const int FirstBuffer = 1 << 16;

    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly Stream _stream;
    private readonly string _label;
    private readonly ImageLimits _limits;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start, _end;

    private ImageSequence(Stream stream, string label, ImageLimits limits) =>
        (_stream, _label, _limits) = (stream, label, limits);

    /// <summary>
    /// The images of a stream, read as far as they are asked for. The first has the label as its name, the others their number
    /// behind it: <c>-</c>, <c>-#2</c>, <c>-#3</c>.
    /// </summary>
    public static IEnumerable<ImageSource> Of(StreamImage source)
    {
        var sequence = new ImageSequence(source.Stream, source.Label, ImageLimits.Default);
        for (int number = 1; sequence.Next(number) is { } image; number++)
        {
            yield return image;
            if (image is not BytesImage)
                yield break; // the rest of the stream, or a failure
        }
    }

    private ImageSource? Next(int number)
    {
        string name = number == 1 ? _label : Invariant.Text($"{_label}#{number}");
        try
        {
            if (number > 1)
                SkipPadding();
            int length = Is(0xFF, 0xD8, 0xFF) ? JpegLength() : Is(s_png) ? PngLength() : WholeRest;
            if (length != WholeRest)
            {
                byte[] bytes = _buffer.AsSpan(_start, length).ToArray();
                _start += length;
                return new BytesImage(bytes, name);
            }

            // What follows an image and is none was never looked at.
            return number == 1 || Is(0xFF, 0xD8, 0xFF) || Is(s_png) ? new StreamImage(new Rest(this), name) : null;
        }
        catch (Exception e) when (e is ImageContentException or IOException)
        {
            return new UnreadableImage(name, e);
        }
    }

    // Marker by marker; the data of a scan end at the next marker that is no restart.
    private int JpegLength()
    {
        int at = 2;
        while (true)
        {
            if (At(at) != 0xFF)
                return WholeRest;
            while (At(at + 1) == 0xFF)
                at++;
            int marker = At(at + 1);
            at += 2;
            switch (marker)
            {
                case 0xD9:
                    return at;
                case 0x01 or (>= 0xD0 and <= 0xD7):
                    continue;
                case < 0xC0:
                case 0xD8:
                    return WholeRest;
            }

            int low = At(at + 1);
            if (low < 0)
                return WholeRest;
            int length = (At(at) << 8) | low;
            bool isMultiPicture = marker == 0xE2 && At(at + 5) == 0 && (At(at + 2), At(at + 3), At(at + 4)) == ('M', 'P', 'F');
            if (length < 2 || isMultiPicture)
                return WholeRest;
            at += length;
            if (marker == 0xDA && (at = EndOfScan(at)) < 0)
                return WholeRest;
        }
    }

    private int EndOfScan(int at)
    {
        while (At(at) >= 0)
        {
            int found = _buffer.AsSpan(_start + at, _end - _start - at).IndexOf((byte)0xFF);
            if (found < 0)
            {
                at = _end - _start;
                continue;
            }

            at += found;
            int next = At(at + 1);
            if (next is not (0 or (>= 0xD0 and <= 0xD7) or 0xFF))
                return next < 0 ? WholeRest : at;
            at += next == 0xFF ? 1 : 2;
        }

        return WholeRest;
    }

    private int PngLength()
    {
        long at = s_png.Length;
        while (true)
        {
            _limits.CheckBytes(_label, at + 12);
            if (At((int)at + 11) < 0)
                return WholeRest;
            ReadOnlySpan<byte> chunk = _buffer.AsSpan(_start + (int)at, 8);
            at += 12L + BinaryPrimitives.ReadUInt32BigEndian(chunk);
            bool isLast = chunk[4..].SequenceEqual("IEND"u8);
            _limits.CheckBytes(_label, at);
            if (At((int)at - 1) < 0)
                return WholeRest;
            if (isLast)
                return (int)at;
        }
    }

    private void SkipPadding()
    {
        while (At(0) is 0 or '\r' or '\n')
            _start++;
    }

    private bool Is(params ReadOnlySpan<byte> signature)
    {
        for (int i = 0; i < signature.Length; i++)
        {
            if (At(i) != signature[i])
                return false;
        }

        return true;
    }

    /// <summary>A byte of what was not handed out yet; negative behind the end of the stream.</summary>
    private int At(int offset)
    {
        while (_start + offset >= _end)
        {
            _limits.CheckBytes(_label, offset + 1L);
            if (!Fill())
                return -1;
        }

        return _buffer[_start + offset];
    }

    private bool Fill()
    {
        if (_end == _buffer.Length)
        {
            if (_start >= _buffer.Length / 2)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            else
            {
                Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, Array.MaxLength));
            }
        }

        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }

    /// <summary>The bytes that were looked at already, and the stream behind them.</summary>
    private sealed class Rest(ImageSequence sequence) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) =>
            sequence._start < sequence._end ? Seen(buffer) : sequence._stream.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            sequence._start < sequence._end
                ? ValueTask.FromResult(Seen(buffer.Span))
                : sequence._stream.ReadAsync(buffer, cancellationToken);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Seen(Span<byte> buffer)
        {
            int count = Math.Min(buffer.Length, sequence._end - sequence._start);
            sequence._buffer.AsSpan(sequence._start, count).CopyTo(buffer);
            sequence._start += count;
            return count;
        }
    }

    /// <summary>An image of a stream that cannot be read on.</summary>
    private sealed record UnreadableImage(string Label, Exception Error) : ImageSource
    {
        public override string Name => Label;

        public override Task<Image> OpenAsync(ImageLimits? limits = null, CancellationToken cancellationToken = default) =>
            Task.FromException<Image>(Error);
    }
}
