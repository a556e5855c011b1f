using System.Numerics;

namespace RfDetr.Tools;

/// <summary>
/// Largest absolute differences between tensors, in order or with rows as a set. A value that is not a number is infinitely
/// wrong.
/// </summary>
internal static class RowSets
{
    /// <summary>Value by value.</summary>
    public static double MaxDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        MaxDifference(a, b, float.PositiveInfinity);

    /// <summary>Row i of [B, rows, length] against row i of [B, ours, length], rows ≤ ours.</summary>
    public static double MaxInOrder(float[] expected, float[] actual, int batch, int rows, int ours, int length)
    {
        double worst = 0;
        for (int b = 0; b < batch; b++)
        {
            int count = Math.Min(rows, ours) * length;
            worst = Math.Max(
                worst, MaxDifference(expected.AsSpan(b * rows * length, count), actual.AsSpan(b * ours * length, count)));
        }

        return worst;
    }

    /// <summary>
    /// For each expected row of [B, rows, length], its distance from the row at the same place of [B, ours, length], rows ≤ ours.
    /// </summary>
    public static double[] RowsInOrder(float[] expected, float[] actual, int batch, int rows, int ours, int length)
    {
        var distances = new double[batch * rows];
        for (int row = 0; row < distances.Length; row++)
        {
            int own = row / rows * ours + row % rows;
            distances[row] = MaxDifference(expected.AsSpan(row * length, length), actual.AsSpan(own * length, length));
        }

        return distances;
    }

    /// <summary>For each expected row of [B, rows, length], the distance of the nearest of ours in the same image.</summary>
    public static double[] NearestRows(float[] expected, float[] actual, int batch, int rows, int ours, int length)
    {
        var nearest = new double[batch * rows];
        _ = Parallel.For(0, nearest.Length, row =>
        {
            int image = row / rows, own = row % rows;
            ReadOnlySpan<float> wanted = expected.AsSpan(row * length, length);
            // The row at the same place is the likely one; a good first guess lets the others be given up early.
            float best = float.PositiveInfinity;
            for (int k = 0; k < ours; k++)
            {
                int candidate = (own + k) % ours;
                best = Math.Min(best, MaxDifference(wanted, actual.AsSpan((image * ours + candidate) * length, length), best));
            }

            nearest[row] = best;
        });
        return nearest;
    }

    // Gives up as soon as the difference is at least the limit.
    private static float MaxDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float limit)
    {
        float worst = 0;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> difference = Vector.Abs(new Vector<float>(a[i..]) - new Vector<float>(b[i..]));
            if (Vector.LessThanAll(difference, new Vector<float>(worst)))
                continue;
            for (int j = 0; j < Vector<float>.Count; j++)
            {
                if (!(difference[j] <= worst))
                    worst = float.IsNaN(difference[j]) ? float.PositiveInfinity : difference[j];
            }

            if (worst >= limit)
                return worst;
        }

        for (; i < a.Length; i++)
        {
            float difference = Math.Abs(a[i] - b[i]);
            if (!(difference <= worst))
                worst = float.IsNaN(difference) ? float.PositiveInfinity : difference;
        }

        return worst;
    }
}
