using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>
/// An open checkpoint of any supported container. Nothing in the file is ever executed; tensors are read when asked for,
/// as views of the mapped file where its layout allows.
/// </summary>
/// <remarks>
/// Safe for many readers. Tensors live as long as the checkpoint: after <see cref="Dispose"/> touching one throws
/// <see cref="ObjectDisposedException"/>, and disposing while another thread reads is the caller's mistake.
/// </remarks>
internal sealed class Checkpoint : IWeightSource, IDisposable
{
    private readonly FileBytes _file;
    private readonly IWeightSource _weights;

    private Checkpoint(FileBytes file, CheckpointFormat format, CheckpointOptions options)
    {
        _file = file;
        Format = format;
        IWeightSource? ema;
        if (format == CheckpointFormat.Safetensors)
        {
            (Dictionary<string, HostTensor> tensors, PlainMap texts) = SafetensorsFile.Read(file);
            _weights = SafetensorsWeights.From(tensors, ema: false, file.Name);
            ema = SafetensorsWeights.From(tensors, ema: true, file.Name) is { Names.Count: > 0 } averaged ? averaged : null;
            (Args, Metadata) = SafetensorsWeights.Describe(texts, file.Name);
            Contents = Metadata;
        }
        else
        {
            object? value = format == CheckpointFormat.TorchZip
                ? TorchZipFile.Read(file, options.VerifyChecksums)
                : TorchLegacyFile.Read(file);
            Contents = value as PlainMap
                ?? throw new CheckpointFormatException(
                    $"{file.Name}: holds a {value?.GetType().Name ?? "None"} where a checkpoint has a dictionary");
            StateDict weights = TorchContents.Weights(Contents, file.Name);
            _weights = weights;
            ema = TorchContents.Ema(Contents, weights, file.Name);
            Args = TorchContents.Args(Contents);
            Metadata = TorchContents.Metadata(Contents);
        }

        HasEma = ema is not null;
        IsEma = HasEma && options.PreferEma;
        Ema = ema;
        if (IsEma)
            _weights = ema!;
    }

    /// <summary>Name of the file in messages.</summary>
    public string Name => _file.Name;

    /// <summary>Size of the file in bytes.</summary>
    public long Length => _file.Length;

    /// <summary>The container.</summary>
    public CheckpointFormat Format { get; }

    /// <summary>The training arguments, merged from wherever the writing version put them; empty if there are none.</summary>
    public PlainMap Args { get; }

    /// <summary>Other facts: <c>epoch</c>, <c>rfdetr_version</c>, <c>model_name</c>, <c>class_map</c>, …; no tensors.</summary>
    public PlainMap Metadata { get; }

    /// <summary>Everything the file holds (optimizer state included), as plain values; for safetensors the metadata.</summary>
    public PlainMap Contents { get; }

    /// <summary>True if the file has averaged weights beside the plain ones.</summary>
    public bool HasEma { get; }

    /// <summary>True if this source gives the averaged weights.</summary>
    public bool IsEma { get; }

    /// <summary>The averaged weights, whichever were chosen; null if there are none.</summary>
    public IWeightSource? Ema { get; }

    /// <summary>Names of the chosen weights, without the prefixes of Lightning, data parallelism and compilation.</summary>
    public IReadOnlyCollection<string> Names => _weights.Names;

    /// <summary>Opens a file, recognized by its content and not by its extension.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">
    /// It is empty, truncated, damaged, hostile, or something else than a checkpoint; the message says which.
    /// </exception>
    public static Checkpoint Open(string path, CheckpointOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Directory.Exists(path))
            throw new ArgumentException($"'{path}' is a folder; give the checkpoint file inside it", nameof(path));
        if (!File.Exists(path))
            throw new FileNotFoundException($"there is no checkpoint '{path}'", path);
        return Open(MappedFile.Open(path, $"'{Path.GetFileName(path)}'"), options);
    }

    /// <summary>Opens a checkpoint that is in memory; the bytes must not change while it is open.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="name">Name of the file in messages.</param>
    /// <param name="options">Options for opening it.</param>
    /// <exception cref="CheckpointFormatException">As for a file.</exception>
    public static Checkpoint Read(ReadOnlyMemory<byte> bytes, string name, CheckpointOptions? options = null) =>
        Open(new MemoryBytes(name, bytes), options);

    /// <inheritdoc/>
    /// <exception cref="CheckpointFormatException">The tensor's element type has no counterpart here.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor) => _weights.TryGet(name, out tensor);

    /// <summary>Unmaps the file; its tensors end here.</summary>
    public void Dispose() => _file.Dispose();

    private static Checkpoint Open(FileBytes file, CheckpointOptions? options)
    {
        try
        {
            return new Checkpoint(file, FileSniffer.Detect(file), options ?? CheckpointOptions.Default);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}

/// <summary>The containers that weights come in, distinguished by content and not by extension.</summary>
internal enum CheckpointFormat
{
    /// <summary>Format of <c>torch.save</c> since 1.6: a zip archive of one pickle and raw storages.</summary>
    TorchZip,

    /// <summary>Format of <c>torch.save</c> before 1.6: pickles followed by raw storages.</summary>
    TorchLegacy,

    /// <summary>A JSON header followed by raw tensors.</summary>
    Safetensors,
}

/// <summary>Options for opening a checkpoint.</summary>
internal sealed record CheckpointOptions
{
    /// <summary>The defaults.</summary>
    public static CheckpointOptions Default { get; } = new();

    /// <summary>Take the averaged (EMA) weights where the file has both; without any, the plain ones are taken.</summary>
    public bool PreferEma { get; init; }

    /// <summary>
    /// Comparison of a PyTorch archive's checksums with its bytes, those of a tensor when it is loaded. Off only for archives
    /// that a tool has changed without correcting them.
    /// </summary>
    public bool VerifyChecksums { get; init; } = true;
}
