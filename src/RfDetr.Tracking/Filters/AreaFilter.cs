namespace RfDetr.Tracking;

/// <summary>
/// SORT's filter: center, area and aspect ratio of a box; all but the ratio have a velocity. The constants are those of A. Bewley
/// et al., "Simple online and realtime tracking", ICIP 2016.
/// </summary>
internal struct AreaFilter
{
    private const double PositionVariance = 10;
    private const double VelocityVariance = 1e4;
    private const double PositionNoise = 1;
    private const double VelocityNoise = 0.01;
    private const double AreaVelocityNoise = 0.0001;
    private const double CenterMeasurement = 1;
    private const double ShapeMeasurement = 10;

    private KalmanAxis _x, _y, _area, _ratio;

    /// <summary>A filter at the first box of an object.</summary>
    public AreaFilter(in AreaBox box)
    {
        _x = new KalmanAxis(box.X, PositionVariance, VelocityVariance);
        _y = new KalmanAxis(box.Y, PositionVariance, VelocityVariance);
        _area = new KalmanAxis(box.Area, PositionVariance, VelocityVariance);
        _ratio = new KalmanAxis(box.Ratio, PositionVariance, 0);
    }

    /// <summary>The estimated box; NaN if the area or the ratio became negative.</summary>
    public readonly BoxD Box
    {
        get
        {
            double width = Math.Sqrt(_area.Position * _ratio.Position);
            return BoxD.FromCenter(new Point2(_x.Position, _y.Position), new Point2(width, _area.Position / width));
        }
    }

    /// <summary>Moves on by a frame; the area does not shrink below zero.</summary>
    public void Predict()
    {
        if (_area.Position + _area.Velocity <= 0)
            _area.Velocity = 0;
        PredictFreely();
    }

    /// <summary>Moves on by a frame without looking after the area.</summary>
    public void PredictFreely()
    {
        _x.Predict(PositionNoise, VelocityNoise);
        _y.Predict(PositionNoise, VelocityNoise);
        _area.Predict(PositionNoise, AreaVelocityNoise);
        _ratio.Predict(PositionNoise, 0);
    }

    /// <summary>Takes in a detected box.</summary>
    public void Correct(in AreaBox box)
    {
        _x.Correct(box.X, CenterMeasurement);
        _y.Correct(box.Y, CenterMeasurement);
        _area.Correct(box.Area, ShapeMeasurement);
        _ratio.Correct(box.Ratio, ShapeMeasurement);
    }
}

/// <summary>A box by center, area and width over height.</summary>
internal readonly record struct AreaBox(double X, double Y, double Area, double Ratio)
{
    /// <summary>Converts a box by its corners.</summary>
    /// <param name="box">The box.</param>
    /// <param name="heightGuard">Added to the height in the ratio: 1e-6 in OC-SORT, 0 in SORT.</param>
    public static AreaBox Of(in BoxD box, double heightGuard = 0) => new(
        box.X1 + box.Width / 2,
        box.Y1 + box.Height / 2,
        box.Width * box.Height,
        box.Width / (box.Height + heightGuard));
}
