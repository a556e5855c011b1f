using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>
/// A checkpoint's tensors rounded to 16 bits (to nearest, ties to even), for a file of half the size. Whoever loads it widens
/// them again.
/// </summary>
/// <param name="source">The tensors.</param>
/// <param name="type">Float16, or BFloat16: the range of float32 with three bits less.</param>
internal sealed class HalfWeights(IWeightSource source, DType type = DType.Float16) : IWeightSource
{
    public IReadOnlyCollection<string> Names => source.Names;

    /// <exception cref="ArgumentException">A value lies beyond what the type can hold.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
    {
        if (source.TryGet(name, out tensor) && tensor.DType.IsFloat() && tensor.DType != type)
            tensor = Rounded(name, tensor);
        return tensor is not null;
    }

    private HostTensor Rounded(string name, HostTensor tensor)
    {
        float[] values = tensor.ToSingles();
        byte[] bytes = new byte[values.Length * 2];
        for (int i = 0; i < values.Length; i++)
        {
            ushort bits = type == DType.BFloat16 ? BFloat16.Round(values[i]) : BitConverter.HalfToUInt16Bits((Half)values[i]);
            float back = type == DType.BFloat16 ? BFloat16.Widen(bits) : (float)BitConverter.UInt16BitsToHalf(bits);
            if (float.IsInfinity(back) && float.IsFinite(values[i]))
                throw new ArgumentException(
                    $"weight '{name}' holds {values[i]:G6}, "
                        + $"{(type == DType.BFloat16 ? "bfloat16 ends at ±3.39e38" : "half precision ends at ±65504")}; keep "
                        + $"fp32");
            _ = BitConverter.TryWriteBytes(bytes.AsSpan(i * 2), bits);
        }

        return new HostTensor(type, [.. tensor.Shape], bytes);
    }
}
