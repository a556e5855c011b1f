namespace RfDetr.Tracking;

/// <summary>
/// A Kalman filter with constant velocity for one measured number. The references filter a whole box at once, but with diagonal
/// noise no two of its numbers ever become correlated, so one small filter per number gives the same values.
/// </summary>
internal struct KalmanAxis
{
    private double _pp, _pv, _vv;

    /// <summary>The estimate.</summary>
    public double Position;

    /// <summary>Its change per step.</summary>
    public double Velocity;

    /// <summary>A filter at a measured position with unknown velocity.</summary>
    public KalmanAxis(double position, double positionVariance, double velocityVariance)
    {
        Position = position;
        (_pp, _vv) = (positionVariance, velocityVariance);
    }

    /// <summary>Moves on by one step.</summary>
    public void Predict(double positionNoise, double velocityNoise)
    {
        Position += Velocity;
        _pp += 2 * _pv + _vv + positionNoise;
        _pv += _vv;
        _vv += velocityNoise;
    }

    /// <summary>Takes in a measurement with the given variance.</summary>
    public void Correct(double measured, double variance)
    {
        double total = _pp + variance;
        double gain = _pp / total, velocityGain = _pv / total;
        double innovation = measured - Position;
        Position += gain * innovation;
        Velocity += velocityGain * innovation;
        _vv -= velocityGain * _pv;
        _pv -= gain * _pv;
        _pp -= gain * _pp;
    }
}
