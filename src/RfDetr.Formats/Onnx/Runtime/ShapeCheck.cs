using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Compares what a caller brings with what the model takes, before the runtime does, in words that help.</summary>
internal static class ShapeCheck
{
    // Enough for any input of an image network; also bounds stack memory.
    public const int MaxRank = 16;

    public static void Input(OnnxValueInfo info, HostTensor tensor)
    {
        Span<long> shape = stackalloc long[MaxRank];
        if (tensor.Shape.Count > MaxRank)
            throw new ArgumentException($"input {info} got a tensor of {tensor.Shape.Count} dimensions");
        for (int i = 0; i < tensor.Shape.Count; i++)
            shape[i] = tensor.Shape[i];
        shape = shape[..tensor.Shape.Count];
        if (tensor.DType.ToOnnx() != info.ElementType)
            throw new ArgumentException($"input {info} got {tensor.DType} elements; convert them to {info.ElementType} first");
        if (!Fits(info, shape))
            throw new ArgumentException(Message("input", info, shape));
    }

    public static bool Fits(OnnxValueInfo info, ReadOnlySpan<long> shape)
    {
        // A declared rank of 0 is also how an unknown shape reads: let the runtime decide.
        if (info.Shape.Count == 0)
            return true;
        if (info.Shape.Count != shape.Length)
            return false;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] < 0 || (info.Shape[i].IsFixed && info.Shape[i].Size != shape[i]))
                return false;
        }

        return true;
    }

    public static string Message(string kind, OnnxValueInfo info, ReadOnlySpan<long> shape) =>
        $"{kind} {info} got shape [{string.Join(", ", shape.ToArray())}]";

    /// <summary>Bytes of a tensor of this type and shape.</summary>
    public static long SizeInBytes(OnnxValueInfo info, string kind, ReadOnlySpan<long> shape)
    {
        long bytes = info.ElementType.SizeInBytes();
        if (bytes == 0)
            throw new ArgumentException($"{kind} {info} has elements that cannot be bound to memory");
        foreach (long size in shape)
        {
            if (size < 0 || (size > 0 && bytes > Array.MaxLength / size))
                throw new ArgumentException($"{Message(kind, info, shape)}, which is negative or takes more than {Array.MaxLength} bytes");
            bytes *= size;
        }

        return bytes;
    }
}
