using System.Runtime.InteropServices;

namespace RfDetr.Checkpoints;

/// <summary>Makes strided views contiguous.</summary>
internal static class StridedCopy
{
    /// <summary>Copies the view's elements in row-major order. The caller has checked that the view lies inside.</summary>
    public static void Gather(
        ReadOnlySpan<byte> storage, Span<byte> destination, int elementSize, long offset, int[] shape, long[] strides)
    {
        switch (elementSize)
        {
            case 1: Gather<byte>(storage, destination, offset, shape, strides); break;
            case 2: Gather<ushort>(storage, destination, offset, shape, strides); break;
            case 4: Gather<uint>(storage, destination, offset, shape, strides); break;
            default: Gather<ulong>(storage, destination, offset, shape, strides); break;
        }
    }

    private static void Gather<T>(ReadOnlySpan<byte> storage, Span<byte> destination, long offset, int[] shape, long[] strides)
        where T : unmanaged
    {
        ReadOnlySpan<T> from = MemoryMarshal.Cast<byte, T>(storage);
        Span<T> to = MemoryMarshal.Cast<byte, T>(destination);
        int rank = shape.Length;
        int inner = shape[^1];
        long innerStride = strides[^1];
        Span<int> index = rank <= 16 ? stackalloc int[rank] : new int[rank];
        for (int written = 0; written < to.Length; written += inner)
        {
            long start = offset;
            for (int i = 0; i < rank - 1; i++)
                start += index[i] * strides[i];
            for (int i = 0; i < inner; i++)
                to[written + i] = from[(int)(start + i * innerStride)];
            for (int i = rank - 2; i >= 0 && ++index[i] == shape[i]; i--)
                index[i] = 0;
        }
    }
}
