namespace RfDetr.Data;

/// <summary>Spread of a set of numbers.</summary>
/// <param name="Count">How many there are; the rest is 0 if none.</param>
/// <param name="Least">The smallest.</param>
/// <param name="Tenth">A tenth is at or below it.</param>
/// <param name="Median">Half is at or below it.</param>
/// <param name="Ninetieth">Nine tenths are at or below it.</param>
/// <param name="Most">The largest.</param>
/// <param name="Mean">Their mean.</param>
public sealed record Distribution(
    int Count, double Least, double Tenth, double Median, double Ninetieth, double Most, double Mean)
{
    /// <summary>Sorts and reads off; quantiles are values that occur (nearest rank).</summary>
    public static Distribution Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
            return new(0, 0, 0, 0, 0, 0, 0);
        double At(double share) => sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
        return new(sorted.Length, sorted[0], At(0.1), At(0.5), At(0.9), sorted[^1], sorted.Average());
    }
}
