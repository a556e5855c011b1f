using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>
/// A value as addressing: sizes, and for each axis the distance of its entries. Reshape, slice, permutation and broadcast are
/// other views of the same storage. Where no distances describe a value (windows joined to an image), <see cref="RowTable"/>
/// lists the offset of every row. All numbers count elements.
/// </summary>
internal sealed class View
{
    private View(Storage storage, DType type, int[] sizes, int[]? strides, int[]? rowTable, int offset) =>
        (Storage, DType, Sizes, Strides, RowTable, Offset) = (storage, type, sizes, strides, rowTable, offset);

    public Storage Storage { get; }

    public DType DType { get; }

    public int[] Sizes { get; }

    /// <summary>Null if rows are listed.</summary>
    public int[]? Strides { get; }

    /// <summary>Offsets of the rows (all axes but the last), whose entries lie side by side; null if strides say it.</summary>
    public int[]? RowTable { get; }

    public int Offset { get; }

    public int Rank => Sizes.Length;

    public int Count => Product(Sizes);

    public int ItemBytes => DType == DType.Int64 ? sizeof(long) : sizeof(float);

    /// <summary>Length of the last axis; 1 for a scalar.</summary>
    public int Width => Rank == 0 ? 1 : Sizes[^1];

    public bool IsContiguous => Strides is not null && IsDense(Sizes, Strides);

    public static View Dense(Storage storage, DType type, int[] sizes) => new(storage, type, sizes, DenseStrides(sizes), null, 0);

    public static int Product(ReadOnlySpan<int> sizes)
    {
        int product = 1;
        foreach (int size in sizes)
            product = checked(product * size);
        return product;
    }

    public View Slice(int axis, int start, int length)
    {
        int[] sizes = [.. Sizes];
        sizes[axis] = length;
        if (Strides is { } strides)
            return new(Storage, DType, sizes, strides, null, Offset + start * strides[axis]);
        if (axis == Rank - 1)
            return new(Storage, DType, sizes, null, RowTable, Offset + start);
        int[] lead = Sizes[..^1];
        int inner = Product(lead.AsSpan(axis + 1)), outer = Product(lead.AsSpan(0, axis));
        var rows = new List<int>(outer * length * inner);
        for (int o = 0; o < outer; o++)
            rows.AddRange(RowTable.AsSpan((o * lead[axis] + start) * inner, length * inner));
        return new(Storage, DType, sizes, null, [.. rows], Offset);
    }

    /// <summary>The permuted view; null if rows are listed and would be cut up.</summary>
    public View? Permute(ReadOnlySpan<int> axes)
    {
        var sizes = new int[Rank];
        for (int i = 0; i < Rank; i++)
            sizes[i] = Sizes[axes[i]];
        if (Strides is { } strides)
        {
            var moved = new int[Rank];
            for (int i = 0; i < Rank; i++)
                moved[i] = strides[axes[i]];
            return new(Storage, DType, sizes, moved, null, Offset);
        }

        if (axes[^1] != Rank - 1)
            return null;
        int[] lead = DenseStrides(Sizes[..^1]), from = new int[Rank - 1];
        for (int i = 0; i < from.Length; i++)
            from[i] = lead[axes[i]];
        int[] order = Offsets(sizes[..^1], from, 0);
        return new(Storage, DType, sizes, null, Array.ConvertAll(order, at => RowTable![at]), Offset);
    }

    /// <summary>The view with axes of size one stretched, aligned at the end.</summary>
    public View? Broadcast(int[] sizes)
    {
        if (Strides is null)
            return sizes.AsSpan().SequenceEqual(Sizes) ? this : null;
        var strides = new int[sizes.Length];
        for (int i = 1; i <= Rank; i++)
            strides[^i] = Sizes[^i] == 1 && sizes[^i] != 1 ? 0 : Strides[^i];
        return new(Storage, DType, sizes, strides, null, Offset);
    }

    /// <summary>The same elements in another shape; null if only a copy can have it.</summary>
    public View? Reshape(int[] sizes)
    {
        if (sizes.AsSpan().SequenceEqual(Sizes))
            return this;
        if (Strides is not null && Reshaping.Strides(Sizes, Strides, sizes) is { } strides)
            return new(Storage, DType, sizes, strides, null, Offset);
        // Rows stay whole if the last axis does.
        if (Rank == 0 || sizes.Length == 0 || sizes[^1] != Sizes[^1] || (Strides is not null && Strides[^1] != 1))
            return null;
        return new(Storage, DType, sizes, null, RowTable ?? Offsets(Sizes[..^1], Strides![..^1], 0), Offset);
    }

    /// <summary>Offsets of all rows in order; entries of a row lie side by side only if <see cref="HasWholeRows"/>.</summary>
    public int[] RowOffsets() => RowTable is { } table ? Array.ConvertAll(table, at => at + Offset)
        : Rank == 0 ? [Offset] : Offsets(Sizes[..^1], Strides![..^1], Offset);

    public bool HasWholeRows => RowTable is not null || Rank == 0 || Strides![^1] == 1 || Sizes[^1] == 1;

    /// <summary>The distance of rows where it is the same between all of them, else null.</summary>
    public int? RowStep()
    {
        if (!HasWholeRows || Strides is null)
            return null;
        if (Rank < 2)
            return Width;
        int[]? merged = Reshaping.Strides(Sizes[..^1], Strides[..^1], [Product(Sizes.AsSpan(0, Rank - 1))]);
        return merged?[0];
    }

    public static int[] DenseStrides(ReadOnlySpan<int> sizes)
    {
        var strides = new int[sizes.Length];
        for (int i = sizes.Length - 1, step = 1; i >= 0; step *= sizes[i--])
            strides[i] = step;
        return strides;
    }

    private static bool IsDense(int[] sizes, int[] strides)
    {
        for (int i = sizes.Length - 1, step = 1; i >= 0; step *= sizes[i--])
        {
            if (sizes[i] != 1 && strides[i] != step)
                return false;
        }

        return true;
    }

    /// <summary>Offsets of all entries of these axes in row-major order.</summary>
    internal static int[] Offsets(int[] sizes, int[] strides, int offset)
    {
        var result = new int[Product(sizes)];
        var index = new int[sizes.Length];
        for (int i = 0, at = offset; i < result.Length; i++)
        {
            result[i] = at;
            for (int axis = sizes.Length - 1; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < sizes[axis])
                    break;
                at -= strides[axis] * sizes[axis];
                index[axis] = 0;
            }
        }

        return result;
    }
}
