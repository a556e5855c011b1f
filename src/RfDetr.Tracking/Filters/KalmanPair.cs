namespace RfDetr.Tracking;

/// <summary>
/// A Kalman filter with constant velocity for a measured pair of numbers. It is used in place of two <see cref="KalmanAxis"/>
/// where the camera may turn, which correlates the numbers of a pair.
/// </summary>
internal struct KalmanPair
{
    // Covariance of positions, of positions with velocities, and of velocities.
    private Matrix2 _pp, _pv, _vv;

    /// <summary>The estimate.</summary>
    public Point2 Position;

    /// <summary>Its change per unit of time.</summary>
    public Point2 Velocity;

    /// <summary>A filter at a measured position with unknown velocity.</summary>
    public KalmanPair(Point2 position, Matrix2 positionVariance, Matrix2 velocityVariance)
    {
        Position = position;
        (_pp, _vv) = (positionVariance, velocityVariance);
    }

    /// <summary>Covariance of the estimated position.</summary>
    public readonly Matrix2 PositionCovariance => _pp;

    /// <summary>Moves on by <paramref name="time"/>.</summary>
    public void Predict(double time, Matrix2 positionNoise, Matrix2 velocityNoise)
    {
        Position += time * Velocity;
        _pp += time * (_pv + _pv.Transpose) + time * time * _vv + positionNoise;
        _pv += time * _vv;
        _vv += velocityNoise;
    }

    /// <summary>Takes in a measurement with the given covariance.</summary>
    public void Correct(Point2 measured, Matrix2 variance)
    {
        Matrix2 inverse = (_pp + variance).Inverse;
        Matrix2 gain = _pp * inverse, velocityGain = _pv.Transpose * inverse;
        Point2 innovation = measured - Position;
        Position += gain * innovation;
        Velocity += velocityGain * innovation;
        _vv -= velocityGain * _pv;
        _pv -= gain * _pv;
        _pp -= gain * _pp;
    }

    /// <summary>Applies a linear map to positions and velocities.</summary>
    public void Transform(Matrix2 map)
    {
        (Position, Velocity) = (map * Position, map * Velocity);
        (_pp, _pv, _vv) = (map.Congruence(_pp), map.Congruence(_pv), map.Congruence(_vv));
    }
}
