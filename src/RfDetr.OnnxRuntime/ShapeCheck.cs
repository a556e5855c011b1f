using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.OnnxRuntime;

/// <summary>Compares the caller's tensors with the model's declarations before the runtime does, in words that help.</summary>
internal static class ShapeCheck
{
    public static void Input(OnnxValueInfo info, HostTensor tensor)
    {
        if (tensor.DType.ToOnnx() != info.ElementType)
            throw new ArgumentException($"input {info} got {tensor.DType} elements; convert them to {info.ElementType} first");
        long[] shape = [.. tensor.Shape.Select(size => (long)size)];
        if (!Fits(info, shape))
            throw new ArgumentException(Message("input", info, shape));
    }

    public static bool Fits(OnnxValueInfo info, ReadOnlySpan<long> shape)
    {
        // An unknown shape also reads as rank 0: the runtime decides.
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
            {
                throw new ArgumentException(
                    $"{Message(kind, info, shape)}, which is negative or takes more than {Array.MaxLength} bytes");
            }

            bytes *= size;
        }

        return bytes;
    }
}
