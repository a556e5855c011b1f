using System.Numerics;
using System.Runtime.InteropServices;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>Computes what PyTorch's lazy negative bit puts off.</summary>
internal static class Negation
{
    /// <summary>Negates all values in place.</summary>
    /// <exception cref="CheckpointFormatException">The type has no negative values.</exception>
    public static byte[] Of(byte[] values, DType dtype, string fileName)
    {
        switch (dtype)
        {
            case DType.Float32: SignBit<uint>(values, 1u << 31); break;
            case DType.Float64: SignBit<ulong>(values, 1ul << 63); break;
            case DType.Float16 or DType.BFloat16: SignBit<ushort>(values, 1 << 15); break;
            case DType.Int64: Integers<long>(values); break;
            case DType.Int32: Integers<int>(values); break;
            case DType.Int16: Integers<short>(values); break;
            case DType.Int8: Integers<sbyte>(values); break;
            default:
                throw new CheckpointFormatException(
                $"{fileName}: a tensor of {dtype} is marked as negated, which its type cannot be; the file is damaged");
        }

        return values;
    }

    private static void SignBit<T>(Span<byte> values, T bit)
        where T : unmanaged, IBinaryInteger<T>
    {
        foreach (ref T value in MemoryMarshal.Cast<byte, T>(values))
            value ^= bit;
    }

    private static void Integers<T>(Span<byte> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        foreach (ref T value in MemoryMarshal.Cast<byte, T>(values))
            value = unchecked(T.Zero - value);
    }
}
