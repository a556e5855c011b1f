namespace RfDetr.Tensors;

/// <summary>Index arithmetic of row-major arrays.</summary>
internal static class Strides
{
    /// <summary>Product of the sizes.</summary>
    public static int Elements(ReadOnlySpan<int> shape)
    {
        int product = 1;
        foreach (int size in shape)
            product = checked(product * size);
        return product;
    }

    /// <summary>Elements between neighbors of each axis.</summary>
    public static int[] Of(ReadOnlySpan<int> shape)
    {
        var strides = new int[shape.Length];
        for (int axis = shape.Length - 1, step = 1; axis >= 0; step *= shape[axis--])
            strides[axis] = step;
        return strides;
    }

    /// <summary>
    /// Strides that read <paramref name="shape"/> as if it were stretched to <paramref name="target"/> (0 along stretched axes).
    /// </summary>
    public static int[] Broadcast(ReadOnlySpan<int> shape, ReadOnlySpan<int> target)
    {
        int[] own = Of(shape);
        var strides = new int[target.Length];
        for (int i = 1; i <= shape.Length; i++)
            strides[^i] = shape[^i] == 1 ? 0 : own[^i];
        return strides;
    }

    /// <summary>Advances a multi-index in row-major order and keeps the offset of a strided walk in step.</summary>
    public static void Next(Span<int> index, ReadOnlySpan<int> shape, ReadOnlySpan<int> strides, ref int offset)
    {
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            offset += strides[axis];
            if (++index[axis] < shape[axis])
                return;
            offset -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
}
