namespace RfDetr.Tracking;

/// <summary>
/// Scores and thresholds in double precision. A score such as 0.7 is not exact in either precision, and on which side of a
/// threshold of 0.7 it falls depends on where a program rounds, so each family of references has its own conversion.
/// </summary>
internal static class Scores
{
    // Decimal covers far more, but beyond this nothing is a score.
    private const float LargestDecimal = 1e6f;

    /// <summary>The double that was meant: the nearest one to the number's seven significant digits.</summary>
    public static double Decimal(float value) => MathF.Abs(value) < LargestDecimal ? (double)(decimal)value : value;

    /// <summary>
    /// The single-precision number as it is: supervision and trackers keep scores so, but thresholds in double precision.
    /// </summary>
    public static double Single(float value) => value;
}
