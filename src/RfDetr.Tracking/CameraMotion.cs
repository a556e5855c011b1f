namespace RfDetr.Tracking;

/// <summary>
/// An affine map from pixels of the previous frame to pixels of the current one: <c>x' = A·x + B·y + Tx</c>,
/// <c>y' = C·x + D·y + Ty</c>. It describes how the background moved because the camera did.
/// </summary>
/// <param name="A">Change of x' with x.</param>
/// <param name="B">Change of x' with y.</param>
/// <param name="Tx">Shift to the right in pixels.</param>
/// <param name="C">Change of y' with x.</param>
/// <param name="D">Change of y' with y.</param>
/// <param name="Ty">Shift downwards in pixels.</param>
public readonly record struct CameraMotion(double A, double B, double Tx, double C, double D, double Ty)
{
    /// <summary>The motion of a camera that stands still.</summary>
    public static CameraMotion None { get; } = new(1, 0, 0, 0, 1, 0);

    /// <summary>True if no coefficient is NaN or infinite.</summary>
    public bool IsFinite =>
        double.IsFinite(A) && double.IsFinite(B) && double.IsFinite(Tx)
        && double.IsFinite(C) && double.IsFinite(D) && double.IsFinite(Ty);

    /// <summary>
    /// The place of the point (<paramref name="x"/>, <paramref name="y"/>) of the previous frame in the current one.
    /// </summary>
    public (double X, double Y) Apply(double x, double y) => (A * x + B * y + Tx, C * x + D * y + Ty);

    /// <summary>This motion followed by <paramref name="next"/>, as one map.</summary>
    public CameraMotion Then(CameraMotion next) => new(
        next.A * A + next.B * C,
        next.A * B + next.B * D,
        next.A * Tx + next.B * Ty + next.Tx,
        next.C * A + next.D * C,
        next.C * B + next.D * D,
        next.C * Tx + next.D * Ty + next.Ty);
}
