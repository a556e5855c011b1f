namespace RfDetr.Training;

/// <summary>The sizes that the steps of a multi-scale run have: multiples of the size divisor around the resolution.</summary>
internal static class MultiScaleSizes
{
    private const int LeastSteps = 2;

    /// <summary>Sides in pixels, rising; at least <see cref="LeastSteps"/> divisors each.</summary>
    public static int[] Of(int resolution, int divisor, bool expanded)
    {
        (int down, int up) = expanded ? (-5, 5) : (-3, 4);
        int middle = resolution / divisor;
        int[] sizes =
        [
            .. Enumerable.Range(down, up - down + 1)
                .Select(step => middle + step).Where(steps => steps >= LeastSteps).Select(steps => steps * divisor)
        ];
        return sizes.Length > 0 ? sizes : [resolution];
    }
}
