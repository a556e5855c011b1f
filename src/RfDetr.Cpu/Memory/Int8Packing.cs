namespace RfDetr.Cpu;

/// <summary>Quantises a matrix of weights, symmetrically with one scale for each output, and packs it.</summary>
internal static unsafe class Int8Packing
{
    private const int Largest = 127;

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
            float scale = scales[row] = Scale(from);
            sbyte* column = (sbyte*)to + (nint)(row / layout.Columns) * layout.PanelBytes + row % layout.Columns * layout.Group;
            for (int k = 0; k < order.Length; k++)
            {
                sbyte code = Code(from[order[k]], scale);
                sums[row] += code;
                column[(nint)(k / layout.Group) * layout.Columns * layout.Group + k % layout.Group] = code;
            }
        }
    }

    /// <summary>The distance of codes, so that the largest weight of the row is ±127; 1 for a row of zeros.</summary>
    public static float Scale(ReadOnlySpan<float> row)
    {
        float largest = 0;
        foreach (float value in row)
            largest = MathF.Max(largest, MathF.Abs(value));
        float scale = largest / Largest;
        return scale > 0 && float.IsFinite(scale) ? scale : 1;
    }

    public static sbyte Code(float value, float scale) => (sbyte)Math.Clamp(MathF.Round(value / scale), -Largest, Largest);
}
