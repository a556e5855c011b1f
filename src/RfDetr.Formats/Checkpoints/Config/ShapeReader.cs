using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>Asks a source for shapes by name and says precisely what does not fit.</summary>
internal sealed class ShapeReader(IWeightSource weights)
{
    private readonly HashSet<string> _names = [.. weights.Names];

    public bool Has(string name) => _names.Contains(name);

    public int[] Need(string name, int rank)
    {
        if (!weights.TryGet(name, out HostTensor? tensor))
            throw Missing(name);
        if (tensor.Shape.Count != rank)
            throw new CheckpointFormatException($"weight '{name}' has shape {Text(tensor.Shape)}, expected {rank} dimensions");
        return [.. tensor.Shape];
    }

    public void Expect(string name, params ReadOnlySpan<int> shape)
    {
        if (!Need(name, shape.Length).AsSpan().SequenceEqual(shape))
            Require(false, name, Text(shape.ToArray()));
    }

    public void Require(bool holds, string name, string expected)
    {
        if (holds)
            return;
        weights.TryGet(name, out HostTensor? tensor);
        throw new CheckpointFormatException($"weight '{name}' has shape {Text(tensor?.Shape ?? [])}, expected {expected}");
    }

    /// <summary>Number of 0, 1, 2, … that are there without a gap.</summary>
    public int CountOf(string pattern)
    {
        int count = 0;
        while (Has(string.Format(null, pattern, count)))
            count++;
        return count;
    }

    /// <summary>Kinds of RF-DETR that have other networks than the one built here.</summary>
    public void RefuseUnsupported()
    {
        foreach (string name in _names)
        {
            if (name.EndsWith("register_tokens", StringComparison.Ordinal))
                throw new CheckpointFormatException(
                    $"weight '{name}': encoders with register tokens are not supported; use a checkpoint with a "
                        + $"'dinov2_windowed' encoder");
            if (name.Contains("keypoint", StringComparison.Ordinal) || name.StartsWith("_kp_", StringComparison.Ordinal))
                throw new CheckpointFormatException(
                    $"weight '{name}': keypoint models are not supported; use a detection or segmentation checkpoint");
        }
    }

    public static CheckpointFormatException Missing(string name) =>
        new($"weight '{name}' is missing; this is not an RF-DETR checkpoint with a DINOv2 encoder, or it is incomplete");

    public static string Text(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";
}
