using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>A checkpoint's tensors rounded to half precision (to nearest, ties to even), for a file of half the size. Whoever loads it widens them again.</summary>
internal sealed class HalfWeights(IWeightSource source) : IWeightSource
{
    public IReadOnlyCollection<string> Names => source.Names;

    /// <exception cref="ArgumentException">A value lies beyond what half precision can hold.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
    {
        if (source.TryGet(name, out tensor) && tensor.DType.IsFloat() && tensor.DType != DType.Float16)
            tensor = Rounded(name, tensor);
        return tensor is not null;
    }

    private static HostTensor Rounded(string name, HostTensor tensor)
    {
        float[] values = tensor.ToSingles();
        byte[] bytes = new byte[values.Length * 2];
        for (int i = 0; i < values.Length; i++)
        {
            var half = (Half)values[i];
            if (Half.IsInfinity(half) && float.IsFinite(values[i]))
                throw new ArgumentException($"weight '{name}' holds {values[i]:G6}, half precision ends at ±65504; keep fp32");
            _ = BitConverter.TryWriteBytes(bytes.AsSpan(i * 2), half);
        }

        return new HostTensor(DType.Float16, [.. tensor.Shape], bytes);
    }
}
