namespace RfDetr.Tracking;

/// <summary>
/// ByteTrack's filter: center, aspect ratio and height of a box, each with a velocity; the noise grows with the height. The
/// constants are those of N. Wojke et al., "Simple online and realtime tracking with a deep association metric", ICIP 2017.
/// </summary>
internal sealed class HeightFilter : IBoxFilter
{
    private const double PositionWeight = 1.0 / 20;
    private const double VelocityWeight = 1.0 / 160;
    private const double RatioDeviation = 1e-2;
    private const double RatioVelocityDeviation = 1e-5;
    private const double RatioMeasurement = 1e-1;

    private KalmanAxis _x, _y, _ratio, _height;

    /// <summary>A filter at the first box of an object.</summary>
    public HeightFilter(in BoxD box)
    {
        double position = Square(2 * PositionWeight * box.Height), velocity = Square(10 * VelocityWeight * box.Height);
        _x = new KalmanAxis(box.X1 + box.Width / 2, position, velocity);
        _y = new KalmanAxis(box.Y1 + box.Height / 2, position, velocity);
        _ratio = new KalmanAxis(box.Width / box.Height, Square(RatioDeviation), Square(RatioVelocityDeviation));
        _height = new KalmanAxis(box.Height, position, velocity);
    }

    /// <summary>The estimated box.</summary>
    public BoxD Box
    {
        get
        {
            var size = new Point2(_ratio.Position * _height.Position, _height.Position);
            return BoxD.FromCenter(new Point2(_x.Position, _y.Position), size);
        }
    }

    /// <summary>Moves on by a frame.</summary>
    /// <param name="lost">The object was not seen in the frame before: its height stays as it is.</param>
    public void Predict(bool lost)
    {
        if (lost)
            _height.Velocity = 0;
        double position = Square(PositionWeight * _height.Position), velocity = Square(VelocityWeight * _height.Position);
        _x.Predict(position, velocity);
        _y.Predict(position, velocity);
        _ratio.Predict(Square(RatioDeviation), Square(RatioVelocityDeviation));
        _height.Predict(position, velocity);
    }

    /// <summary>Takes in a detected box.</summary>
    public void Correct(in BoxD box)
    {
        double variance = Square(PositionWeight * _height.Position);
        _x.Correct(box.X1 + box.Width / 2, variance);
        _y.Correct(box.Y1 + box.Height / 2, variance);
        _ratio.Correct(box.Width / box.Height, Square(RatioMeasurement));
        _height.Correct(box.Height, variance);
    }

    private static double Square(double value) => value * value;
}
