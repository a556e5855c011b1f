namespace RfDetr.Training;

/// <summary>A map of the plane: <c>x' = A·x + B·y + C, y' = D·x + E·y + F</c>, pixel edges on whole numbers.</summary>
internal readonly record struct Affine(double A, double B, double C, double D, double E, double F)
{
    /// <summary>Rotation, scale and shear about a center, then a shift.</summary>
    /// <param name="centerX">Fixed but for the shift, pixels.</param>
    /// <param name="centerY">Likewise.</param>
    /// <param name="degrees">Clockwise as seen.</param>
    /// <param name="scale">Above 1 enlarges.</param>
    /// <param name="shearDegrees">Of the rows.</param>
    /// <param name="shiftX">Pixels.</param>
    /// <param name="shiftY">Pixels.</param>
    public static Affine About(
        double centerX, double centerY, double degrees, double scale, double shearDegrees, double shiftX, double shiftY)
    {
        (double sin, double cos) = Math.SinCos(degrees * Math.PI / 180);
        double shear = Math.Tan(shearDegrees * Math.PI / 180);
        double a = scale * cos, b = scale * (cos * shear - sin), d = scale * sin, e = scale * (sin * shear + cos);
        return new(a, b, centerX + shiftX - a * centerX - b * centerY, d, e, centerY + shiftY - d * centerX - e * centerY);
    }

    /// <summary>The point that a point is moved to.</summary>
    public (double X, double Y) Apply(double x, double y) => (A * x + B * y + C, D * x + E * y + F);

    /// <summary>The map back.</summary>
    public Affine Inverse()
    {
        double determinant = A * E - B * D;
        (double a, double b, double d, double e) = (E / determinant, -B / determinant, -D / determinant, A / determinant);
        return new(a, b, -(a * C + b * F), d, e, -(d * C + e * F));
    }
}
