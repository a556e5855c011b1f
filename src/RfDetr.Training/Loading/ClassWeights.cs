using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>Weights of the classes in the loss, from how often they occur.</summary>
internal static class ClassWeights
{
    /// <summary>Objects per logit, crowds left out.</summary>
    public static long[] Counts(DataSplit split)
    {
        long[] counts = new long[split.Classes.LogitCount];
        foreach (LabeledObject item in split.Images.SelectMany(p => p.Objects).Where(o => !o.IsCrowd))
            counts[item.ClassIndex]++;
        return counts;
    }

    /// <summary>
    /// <c>n^−power</c>, scaled so that the mean over all objects is 1: the loss as a whole keeps its size. 0.5 is mild, 1 gives
    /// every class the same say. A class without objects has weight 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The power is not 0 to 1.</exception>
    public static float[] From(ReadOnlySpan<long> counts, double power = 0.5)
    {
        if (!(power is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(power), power, "the power of class weights must be 0 (none) to 1 (every class the same)");
        double objects = 0, weighted = 0;
        foreach (long count in counts)
        {
            objects += count;
            weighted += count > 0 ? count * Math.Pow(count, -power) : 0;
        }

        float[] weights = new float[counts.Length];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = counts[i] > 0 ? (float)(Math.Pow(counts[i], -power) * objects / weighted) : 1;
        return weights;
    }
}
