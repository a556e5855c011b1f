namespace RfDetr.Tracking;

/// <summary>
/// The filter of <see cref="DefaultTracker"/>: center, width and height with velocities per second. Objects accelerate at random,
/// the more the larger they appear, so that it does not matter whether a second is seen in 5 frames or in 60.
/// </summary>
internal struct MotionFilter
{
    // Deviations as parts of the box's size.
    private const double Measurement = 0.05;
    private const double InitialSpeed = 2;

    // Growth of the speed's deviation in one second: of the center, and of the size.
    private const double CenterAcceleration = 3;
    private const double SizeAcceleration = 0.7;

    // Out of sight, motion dies out: objects stop or turn rather than go on straight.
    private const double CenterMemory = 1.5;
    private const double SizeMemory = 0.1;

    private KalmanPair _center, _size;

    /// <summary>A filter at the first box of an object.</summary>
    public MotionFilter(in BoxD box)
    {
        double scale = Scale(box.Size);
        _center = new KalmanPair(box.Center, Variance(Measurement * scale), Variance(InitialSpeed * scale));
        _size = new KalmanPair(box.Size, Variance(Measurement * scale), Variance(0.2 * InitialSpeed * scale));
    }

    /// <summary>The estimated box.</summary>
    public readonly BoxD Box =>
        BoxD.FromCenter(_center.Position, new Point2(Math.Max(1, _size.Position.X), Math.Max(1, _size.Position.Y)));

    /// <summary>Deviation of the estimated center, in pixels.</summary>
    public readonly double Uncertainty => Math.Sqrt((_center.PositionCovariance.M11 + _center.PositionCovariance.M22) / 2);

    /// <summary>Moves on in time.</summary>
    /// <param name="seconds">The time step.</param>
    /// <param name="lost">The object was not seen in the frame before.</param>
    public void Predict(double seconds, bool lost)
    {
        double scale = Scale(_size.Position);
        Predict(ref _center, seconds, CenterAcceleration * scale, lost ? CenterMemory : double.PositiveInfinity);
        Predict(ref _size, seconds, SizeAcceleration * scale, lost ? SizeMemory : double.PositiveInfinity);
    }

    /// <summary>Takes in a detected box.</summary>
    public void Correct(in BoxD box)
    {
        Matrix2 variance = Variance(Measurement * Scale(_size.Position));
        _center.Correct(box.Center, variance);
        _size.Correct(box.Size, variance);
    }

    /// <summary>
    /// Moves everything as the camera moved the image. Boxes stay upright: their size changes with the map's area only.
    /// </summary>
    public void Move(CameraMotion motion)
    {
        _center.Transform(new Matrix2(motion.A, motion.B, motion.C, motion.D));
        _center.Position += new Point2(motion.Tx, motion.Ty);
        double zoom = Zoom(motion);
        _size.Transform(Matrix2.Diagonal(zoom, zoom));
    }

    /// <summary>The factor by which a motion enlarges lengths.</summary>
    public static double Zoom(CameraMotion motion) => Math.Sqrt(Math.Abs(motion.A * motion.D - motion.B * motion.C));

    private static void Predict(ref KalmanPair pair, double seconds, double acceleration, double memory)
    {
        // White noise in the acceleration; its covariance of position and speed is left out, which errs on the side of caution.
        double speed = acceleration * Math.Sqrt(seconds), position = speed * seconds / Math.Sqrt(3);
        pair.Predict(seconds, Variance(position), Variance(speed));
        if (double.IsFinite(memory))
            pair.Velocity = Math.Exp(-seconds / memory) * pair.Velocity;
    }

    private static Matrix2 Variance(double deviation) => Matrix2.Diagonal(deviation * deviation, deviation * deviation);

    private static double Scale(Point2 size) => Math.Sqrt(Math.Max(1, size.X) * Math.Max(1, size.Y));
}
