namespace RfDetr.Cpu;

/// <summary>Finds the distances of a reshaped view, where there are any.</summary>
internal static class Reshaping
{
    /// <summary>Distances for <paramref name="target"/> over the same elements, or null if no distances give it.</summary>
    /// <remarks>
    /// Both shapes are cut into the shortest groups of axes of equal extent; within a group the source must be evenly spaced.
    /// </remarks>
    public static int[]? Strides(int[] sizes, int[] strides, int[] target)
    {
        var result = new int[target.Length];
        int i = 0, j = 0;
        while (i < sizes.Length || j < target.Length)
        {
            int firstSource = i, firstTarget = j;
            long source = i < sizes.Length ? sizes[i++] : 1, wanted = j < target.Length ? target[j++] : 1;
            while (source != wanted)
            {
                if (source == 0 || wanted == 0)
                    return null;
                if (source < wanted && i < sizes.Length)
                    source *= sizes[i++];
                else if (wanted < source && j < target.Length)
                    wanted *= target[j++];
                else
                    return null;
            }

            int? step = Spacing(sizes.AsSpan(firstSource, i - firstSource), strides.AsSpan(firstSource, i - firstSource));
            if (step is null)
                return null;
            for (int at = j - 1, distance = step.Value; at >= firstTarget; distance *= target[at--])
                result[at] = distance;
        }

        return result;
    }

    // The distance of neighbors, if these axes walk evenly through memory.
    private static int? Spacing(ReadOnlySpan<int> sizes, ReadOnlySpan<int> strides)
    {
        int? step = null;
        int expected = 0;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            if (sizes[i] == 1)
                continue;
            if (step is null)
                step = strides[i];
            else if (strides[i] != expected)
                return null;
            expected = strides[i] * sizes[i];
        }

        return step ?? 1;
    }
}
