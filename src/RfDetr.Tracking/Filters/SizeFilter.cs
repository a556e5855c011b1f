namespace RfDetr.Tracking;

/// <summary>
/// BoT-SORT's filter: center, width and height of a box, each with a velocity; the noise grows with the size. The constants are
/// those of N. Aharon et al., "BoT-SORT: robust associations multi-pedestrian tracking", 2022.
/// </summary>
internal sealed class SizeFilter : IBoxFilter
{
    private const double PositionWeight = 1.0 / 20;
    private const double VelocityWeight = 1.0 / 160;

    private KalmanPair _center, _size;

    /// <summary>A filter at the first box of an object.</summary>
    public SizeFilter(in BoxD box)
    {
        Matrix2 position = Variance(2 * PositionWeight, box.Size), velocity = Variance(10 * VelocityWeight, box.Size);
        _center = new KalmanPair(box.Center, position, velocity);
        _size = new KalmanPair(box.Size, position, velocity);
    }

    /// <summary>The estimated box.</summary>
    public BoxD Box => BoxD.FromCenter(_center.Position, _size.Position);

    /// <summary>Moves on by a frame.</summary>
    /// <param name="lost">The object was not seen in the frame before: its size stays as it is.</param>
    public void Predict(bool lost)
    {
        if (lost)
            _size.Velocity = default;
        Matrix2 position = Variance(PositionWeight, _size.Position), velocity = Variance(VelocityWeight, _size.Position);
        _center.Predict(1, position, velocity);
        _size.Predict(1, position, velocity);
    }

    /// <summary>Takes in a detected box.</summary>
    public void Correct(in BoxD box)
    {
        Matrix2 variance = Variance(PositionWeight, _size.Position);
        _center.Correct(box.Center, variance);
        _size.Correct(box.Size, variance);
    }

    /// <summary>Moves everything as the camera moved the image. The size turns with it, as in the reference.</summary>
    public void Move(CameraMotion motion)
    {
        var map = new Matrix2(motion.A, motion.B, motion.C, motion.D);
        _center.Transform(map);
        _size.Transform(map);
        _center.Position += new Point2(motion.Tx, motion.Ty);
    }

    private static Matrix2 Variance(double weight, Point2 size) =>
        Matrix2.Diagonal(weight * size.X * (weight * size.X), weight * size.Y * (weight * size.Y));
}
