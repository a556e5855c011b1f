using System.Numerics;
using System.Runtime.InteropServices;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>Counts NaN and infinity in weights, which training that diverged leaves behind.</summary>
internal static class NonFinite
{
    /// <summary>Number of values that are not finite; 0 for integers.</summary>
    public static long Count(HostTensor tensor) => tensor.DType switch
    {
        DType.Float32 => Count<float>(tensor),
        DType.Float64 => Count<double>(tensor),
        DType.Float16 => Count<Half>(tensor),
        DType.BFloat16 => CountBFloat16(tensor),
        _ => 0,
    };

    private static long CountBFloat16(HostTensor tensor)
    {
        long count = 0;
        foreach (ushort value in MemoryMarshal.Cast<byte, ushort>(tensor.Bytes.Span))
            count += (value & 0x7F80) == 0x7F80 ? 1 : 0; // all bits of the exponent
        return count;
    }

    private static long Count<T>(HostTensor tensor)
        where T : unmanaged, INumberBase<T>
    {
        long count = 0;
        foreach (T value in MemoryMarshal.Cast<byte, T>(tensor.Bytes.Span))
            count += T.IsFinite(value) ? 0 : 1;
        return count;
    }
}
