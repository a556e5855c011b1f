namespace RfDetr;

/// <summary>
/// The float32 sigmoid, and its exact inverse bounds. Selection works on logits, but ties are those of scores: above a
/// logit of about 17 every float32 score is 1, and much earlier many logits share one score.
/// </summary>
internal static class LogitScore
{
    /// <summary>
    /// <c>1 / (1 + exp(−x))</c> with each step rounded to float32, as the reference computes it. The exponential is taken
    /// in double and rounded once, so the function is monotone and does not depend on the platform's <c>expf</c>.
    /// </summary>
    public static float Sigmoid(float logit) => 1f / (1f + (float)Math.Exp(-(double)logit));

    /// <summary>
    /// The smallest float whose score is greater than <paramref name="score"/>; NaN if there is none, so that
    /// <c>logit &gt;= bound</c> is exactly <c>Sigmoid(logit) &gt; score</c> for every float (false for a NaN logit).
    /// </summary>
    public static float SmallestLogitAbove(float score)
    {
        if (!(Sigmoid(float.PositiveInfinity) > score))
            return float.NaN;
        if (Sigmoid(float.NegativeInfinity) > score)
            return float.NegativeInfinity;

        // Bisection over the floats in order: about 32 sigmoids, far fewer than one per logit.
        int fails = ToOrdered(float.NegativeInfinity), passes = ToOrdered(float.PositiveInfinity);
        while ((long)passes - fails > 1)
        {
            int middle = (int)(((long)fails + passes) >> 1);
            if (Sigmoid(FromOrdered(middle)) > score)
                passes = middle;
            else
                fails = middle;
        }

        return FromOrdered(passes);
    }

    /// <summary>Maps floats to integers of the same order (−0 just below +0).</summary>
    private static int ToOrdered(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits >= 0 ? bits : bits ^ int.MaxValue;
    }

    private static float FromOrdered(int ordered) =>
        BitConverter.Int32BitsToSingle(ordered >= 0 ? ordered : ordered ^ int.MaxValue);
}
