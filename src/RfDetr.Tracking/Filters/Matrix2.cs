namespace RfDetr.Tracking;

/// <summary>A 2×2 matrix in double precision.</summary>
internal readonly record struct Matrix2(double M11, double M12, double M21, double M22)
{
    public static Matrix2 Diagonal(double a, double b) => new(a, 0, 0, b);

    public Matrix2 Transpose => new(M11, M21, M12, M22);

    public Matrix2 Inverse
    {
        get
        {
            double determinant = M11 * M22 - M12 * M21;
            return new Matrix2(M22 / determinant, -M12 / determinant, -M21 / determinant, M11 / determinant);
        }
    }

    public static Matrix2 operator +(Matrix2 a, Matrix2 b) => new(a.M11 + b.M11, a.M12 + b.M12, a.M21 + b.M21, a.M22 + b.M22);

    public static Matrix2 operator -(Matrix2 a, Matrix2 b) => new(a.M11 - b.M11, a.M12 - b.M12, a.M21 - b.M21, a.M22 - b.M22);

    public static Matrix2 operator *(double s, Matrix2 a) => new(s * a.M11, s * a.M12, s * a.M21, s * a.M22);

    public static Matrix2 operator *(Matrix2 a, Matrix2 b) => new(
        a.M11 * b.M11 + a.M12 * b.M21,
        a.M11 * b.M12 + a.M12 * b.M22,
        a.M21 * b.M11 + a.M22 * b.M21,
        a.M21 * b.M12 + a.M22 * b.M22);

    public static Point2 operator *(Matrix2 a, Point2 p) => new(a.M11 * p.X + a.M12 * p.Y, a.M21 * p.X + a.M22 * p.Y);

    /// <summary>Covariance of a quantity that this matrix maps: <c>M·C·Mᵀ</c>.</summary>
    public Matrix2 Congruence(Matrix2 c) => this * c * Transpose;
}

/// <summary>A point or a vector in the plane, in double precision.</summary>
internal readonly record struct Point2(double X, double Y)
{
    public static Point2 operator +(Point2 a, Point2 b) => new(a.X + b.X, a.Y + b.Y);

    public static Point2 operator -(Point2 a, Point2 b) => new(a.X - b.X, a.Y - b.Y);

    public static Point2 operator *(double s, Point2 a) => new(s * a.X, s * a.Y);
}
