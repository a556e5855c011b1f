using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>
/// Writes <c>.pth</c> files that PyTorch and rf-detr read: <c>model</c>, <c>args</c>, the metadata's keys, <c>ema_model</c>,
/// <c>class_map</c>.
/// </summary>
internal static class TorchWriter
{
    /// <summary>Writes a file; it appears under its name only when it is whole.</summary>
    /// <exception cref="ArgumentException">A value has no plain form, or a metadata key is one of the writer's own.</exception>
    public static void Write(string path, CheckpointContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        AtomicFile.Write(path, stream => Write(stream, content));
    }

    /// <summary>Writes to a stream.</summary>
    /// <exception cref="ArgumentException">As for a file.</exception>
    public static void Write(Stream stream, CheckpointContent content)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(content);
        WriteValue(stream, Root(content));
    }

    /// <summary>
    /// Writes any tree of plain values and tensors (<see cref="PlainMap"/>, <see cref="HostTensor"/>, lists, numbers, texts), as
    /// <c>torch.save</c> would.
    /// </summary>
    /// <exception cref="ArgumentException">A value has no plain form.</exception>
    public static void WriteValue(Stream stream, object? value)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var pickle = new PickleWriter();
        byte[] pickled = pickle.Write(value);
        var zip = new ZipWriter(stream);
        zip.Add("archive/data.pkl", pickled);
        zip.Add("archive/byteorder", "little"u8);
        for (int i = 0; i < pickle.Tensors.Count; i++)
            zip.Add(Invariant.Text($"archive/data/{i}"), pickle.Tensors[i].Bytes.Span);
        zip.Add("archive/version", "3\n"u8);
        zip.Finish();
    }

    private static PlainMap Root(CheckpointContent content)
    {
        var root = new PlainMap();
        root.Set("model", content.Weights);
        if (content.Args.Count > 0)
        {
            var args = new PlainMap { TypeName = "argparse.Namespace" };
            args.Overlay(content.Args);
            root.Set("args", args);
        }

        if (content.Ema is not null)
            root.Set("ema_model", content.Ema);
        foreach ((object key, object? value) in content.Metadata)
        {
            if (key is "model" or "args" or "ema_model")
                throw new ArgumentException($"metadata cannot have the key '{key}'; it is the checkpoint's own", nameof(content));
            root.Set(key, value);
        }

        if (content.ClassMap is not null)
            root.Set("class_map", ClassMapPlain.Write(content.ClassMap));
        return root;
    }
}
