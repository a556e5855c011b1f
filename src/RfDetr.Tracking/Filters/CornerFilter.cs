namespace RfDetr.Tracking;

/// <summary>
/// The filter of roboflow/trackers: the four edges of a box, each with a velocity and constant noise. The reference computes in
/// single precision; the difference stays below 0.01 pixels.
/// </summary>
internal struct CornerFilter
{
    private const double InitialVariance = 1;
    private const double ProcessNoise = 0.01;
    private const double MeasurementVariance = 0.1;

    private KalmanAxis _x1, _y1, _x2, _y2;

    /// <summary>A filter at the first box of an object.</summary>
    public CornerFilter(in BoxD box)
    {
        _x1 = new KalmanAxis(box.X1, InitialVariance, InitialVariance);
        _y1 = new KalmanAxis(box.Y1, InitialVariance, InitialVariance);
        _x2 = new KalmanAxis(box.X2, InitialVariance, InitialVariance);
        _y2 = new KalmanAxis(box.Y2, InitialVariance, InitialVariance);
    }

    /// <summary>The estimated box.</summary>
    public readonly BoxD Box => new(_x1.Position, _y1.Position, _x2.Position, _y2.Position);

    /// <summary>Moves on by a frame.</summary>
    public void Predict()
    {
        _x1.Predict(ProcessNoise, ProcessNoise);
        _y1.Predict(ProcessNoise, ProcessNoise);
        _x2.Predict(ProcessNoise, ProcessNoise);
        _y2.Predict(ProcessNoise, ProcessNoise);
    }

    /// <summary>Takes in a detected box.</summary>
    public void Correct(in BoxD box)
    {
        _x1.Correct(box.X1, MeasurementVariance);
        _y1.Correct(box.Y1, MeasurementVariance);
        _x2.Correct(box.X2, MeasurementVariance);
        _y2.Correct(box.Y2, MeasurementVariance);
    }
}
