using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>Quantizes a matrix of weights, symmetrically with one scale for each output, and packs it.</summary>
internal static unsafe class Int8Packing
{
    /// <summary>Writes panels, scales and column sums.</summary>
    /// <param name="values">[N, K].</param>
    /// <param name="order">Where term k of a row lies.</param>
    /// <param name="layout">Where everything goes.</param>
    /// <param name="to">Zeros, as many bytes as the layout says.</param>
    public static void Pack(ReadOnlySpan<float> values, ReadOnlySpan<int> order, Int8Layout layout, byte* to)
    {
        float* scales = (float*)(to + layout.ScalesAt);
        int* sums = (int*)(to + layout.SumsAt);
        for (int row = 0; row < layout.N; row++)
        {
            ReadOnlySpan<float> from = values.Slice(row * layout.K, layout.K);
            float scale = scales[row] = Int8Rows.Scale(from);
            sbyte* column = (sbyte*)to + (nint)(row / layout.Columns) * layout.PanelBytes + row % layout.Columns * layout.Group;
            for (int k = 0; k < order.Length; k++)
            {
                sbyte code = Int8Rows.Code(from[order[k]], scale);
                sums[row] += code;
                column[(nint)(k / layout.Group) * layout.Columns * layout.Group + k % layout.Group] = code;
            }
        }
    }
}
