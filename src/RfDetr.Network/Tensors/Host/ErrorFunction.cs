namespace RfDetr.Tensors;

/// <summary>
/// erf in double precision: Taylor series near zero, the continued fraction of erfc beyond (Abramowitz and Stegun 7.1.5, 7.1.14).
/// </summary>
internal static class ErrorFunction
{
    private const double Switch = 2.5;

    /// <summary>erf x, relative error below 1e-13.</summary>
    public static double Erf(double x)
    {
        double size = Math.Abs(x);
        if (double.IsNaN(x))
            return x;
        return Math.CopySign(size < Switch ? Series(size) : size > 6 ? 1 : 1 - Tail(size), x);
    }

    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return sum * 2 / Math.Sqrt(Math.PI);
    }

    private static double Tail(double x)
    {
        double fraction = 0;
        for (int n = 60; n >= 1; n--)
            fraction = n / 2.0 / (x + fraction);
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (x + fraction));
    }
}
