using System.Buffers.Binary;
using System.Numerics;

namespace RfDetr.Data;

/// <summary>
/// TensorBoard's event file: numbers and images by step. <c>tensorboard --logdir RUN</c> shows it; every value is on disk as soon
/// as it was added.
/// </summary>
/// <remarks>
/// TFRecord framing (length, masked CRC-32C of the length, data, masked CRC-32C of the data) around <c>tensorflow.Event</c>
/// messages of version 2. A run that resumes begins a file of its own; TensorBoard joins them and drops what the interrupted run
/// had logged beyond the checkpoint. Not for several threads at once.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    // tensorflow/core/util/event.proto and framework/summary.proto
    private const int EventWallTime = 1, EventStep = 2, EventVersion = 3, EventSummary = 5, EventSession = 7;
    private const int SummaryValue = 1, ValueTag = 1, ValueSimple = 2, ValueImage = 4;
    private const int ImageHeight = 1, ImageWidth = 2, ImageColors = 3, ImageEncoded = 4;
    private const int SessionStatus = 1, SessionStart = 1;
    private const uint MaskDelta = 0xa282ead8;

    private readonly FileStream _stream;
    private readonly TimeProvider _time;

    private EventFile(FileStream stream, TimeProvider time) => (_stream, _time) = (stream, time);

    /// <summary>File that is being written.</summary>
    public string Path => _stream.Name;

    /// <summary>Begins a file in a folder, with a name that no other one has.</summary>
    /// <param name="folder">The folder of the run; made if it is missing.</param>
    /// <param name="resumeStep">The first step that a resumed run will log; null for a new run.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static EventFile Create(string folder, long? resumeStep = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        time ??= TimeProvider.System;
        Directory.CreateDirectory(folder);
        string name = Invariant.Text(
            $"events.out.tfevents.{time.GetUtcNow().ToUnixTimeSeconds():0000000000}."
                + $"{Environment.MachineName}.{Environment.ProcessId}.");
        for (int number = 0; ; number++)
        {
            string path = System.IO.Path.Combine(folder, Invariant.Text($"{name}{number}"));
            if (File.Exists(path))
                continue;
            var file = new EventFile(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read), time);
            file.Write(0, e => e.Text(EventVersion, "brain.Event:2"));
            if (resumeStep is { } step)
                file.Write(step, e => e.Message(EventSession, new WireWriter().Int(SessionStatus, SessionStart)));
            return file;
        }
    }

    /// <summary>Adds numbers of one step.</summary>
    /// <param name="step">The step, 0 or more.</param>
    /// <param name="values">Tag (a '/' groups charts) and value.</param>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public void AddScalars(long step, IEnumerable<(string Tag, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var summary = new WireWriter();
        foreach ((string tag, double value) in values)
            _ = summary.Message(SummaryValue, new WireWriter().Text(ValueTag, tag).Float(ValueSimple, (float)value));
        Write(step, e => e.Message(EventSummary, summary));
    }

    /// <summary>Adds an image.</summary>
    /// <param name="step">The step, 0 or more.</param>
    /// <param name="tag">Its name; a '/' groups.</param>
    /// <param name="encoded">PNG or JPEG, RGB.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public void AddImage(long step, string tag, ReadOnlySpan<byte> encoded, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(tag);
        WireWriter image =
            new WireWriter().Int(ImageHeight, height).Int(ImageWidth, width).Int(ImageColors, 3).Raw(ImageEncoded, encoded);
        WireWriter summary =
            new WireWriter().Message(SummaryValue, new WireWriter().Text(ValueTag, tag).Message(ValueImage, image));
        Write(step, e => e.Message(EventSummary, summary));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private void Write(long step, Func<WireWriter, WireWriter> content)
    {
        double seconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        ReadOnlySpan<byte> data = content(new WireWriter().Double(EventWallTime, seconds).Int(EventStep, step)).Written;
        byte[] record = new byte[sizeof(ulong) + sizeof(uint) + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), MaskedCrc(record.AsSpan(0, sizeof(ulong))));
        data.CopyTo(record.AsSpan(sizeof(ulong) + sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - sizeof(uint)), MaskedCrc(data));
        _stream.Write(record); // one write: a reader never sees half a record but at the very end
        _stream.Flush();
    }

    /// <summary>CRC-32C, rotated and shifted so that the checksum of data that holds checksums does not degenerate.</summary>
    private static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
            crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }
}
