namespace RfDetr.Tracking;

/// <summary>A detection among those of a frame.</summary>
/// <param name="Index">Its index in the frame.</param>
/// <param name="Box">Its box.</param>
/// <param name="Score">Its score.</param>
internal readonly record struct Candidate(int Index, BoxD Box, double Score);

/// <summary>
/// A track of OC-SORT: SORT's filter, the last observations, and the state in which the filter last saw the object.
/// </summary>
internal sealed class OcSortTrack
{
    // Keeps the ratio finite for boxes without height, as the reference does.
    private const double HeightGuard = 1e-6;
    private const double NormGuard = 1e-6;

    private readonly int _directionFrames;

    // Observations of the last _directionFrames frames, newest last; the box that began the track is none.
    private readonly Queue<(int Age, BoxD Box)> _recent = [];
    private AreaFilter _filter;
    private AreaFilter? _beforeGap;
    private (double Dx, double Dy) _direction;
    private (int Age, BoxD Box, bool Counts)? _last;
    private int _age;

    public OcSortTrack(int id, Candidate first, int directionFrames)
    {
        (Id, Detection, _directionFrames) = (id, first.Index, directionFrames);
        _filter = new AreaFilter(AreaBox.Of(first.Box, HeightGuard));
    }

    public int Id { get; }

    public int Detection { get; private set; }

    public int SinceUpdate { get; private set; }

    public int HitStreak { get; private set; }

    public BoxD Predicted { get; private set; }

    /// <summary>The filter's box.</summary>
    public BoxD Box => _filter.Box;

    /// <summary>The last observed box; a point outside the image if there is none.</summary>
    public BoxD LastSeen => _last?.Box ?? new BoxD(-1, -1, -1, -1);

    public void Predict()
    {
        _filter.Predict();
        Predicted = _filter.Box;
        _age++;
        if (SinceUpdate > 0)
            HitStreak = 0;
        SinceUpdate++;
    }

    /// <summary>
    /// Agreement of the way to a box with the direction of motion: 0.5 straight on, 0 sideways, −0.5 backwards.
    /// </summary>
    public double Agreement(in BoxD box)
    {
        if (_last is null)
            return 0;
        (double dx, double dy) = DirectionOf(Earlier(), box);
        double cosine = Math.Clamp(_direction.Dx * dx + _direction.Dy * dy, -1, 1);
        return (Math.PI / 2 - Math.Abs(Math.Acos(cosine))) / Math.PI;
    }

    /// <summary>The object was seen.</summary>
    public void Update(Candidate seen)
    {
        // The reference takes a box whose numbers add up to less than 0 for "no observation".
        if (_last is { Counts: true })
            _direction = DirectionOf(Earlier(), seen.Box);
        if (_beforeGap is { } before && _last is { } last)
            Relive(before, last.Box, seen.Box, _age - last.Age);
        _beforeGap = null;
        _filter.Correct(AreaBox.Of(seen.Box, HeightGuard));
        double sum = seen.Box.X1 + seen.Box.Y1 + seen.Box.X2 + seen.Box.Y2 + seen.Score;
        _last = (_age, seen.Box, sum >= 0);
        _recent.Enqueue((_age, seen.Box));
        while (_recent.Peek().Age <= _age - _directionFrames)
            _ = _recent.Dequeue();
        (Detection, SinceUpdate) = (seen.Index, 0);
        HitStreak++;
    }

    /// <summary>The object was not seen: the first time, the predicted state is kept for <see cref="Relive"/>.</summary>
    public void Miss()
    {
        if (SinceUpdate == 1 && _last is not null)
            _beforeGap = _filter;
    }

    // Goes back to the first missed frame and moves along the straight line between the boxes before and after the gap.
    private void Relive(in AreaFilter before, in BoxD from, in BoxD to, int frames)
    {
        _filter = before;
        (Point2 start, Point2 size) = Shape(from);
        (Point2 end, Point2 lastSize) = Shape(to);
        for (int i = 1; i <= frames; i++)
        {
            double part = (double)i / frames;
            Point2 center = start + part * (end - start), now = size + part * (lastSize - size);
            _filter.Correct(new AreaBox(center.X, center.Y, now.X * now.Y, now.X / now.Y));
            if (i < frames)
                _filter.PredictFreely();
        }
    }

    private static (Point2 Center, Point2 Size) Shape(in BoxD box)
    {
        AreaBox shape = AreaBox.Of(box, HeightGuard);
        var size = new Point2(Math.Sqrt(shape.Area * shape.Ratio), Math.Sqrt(shape.Area / shape.Ratio));
        return (new Point2(shape.X, shape.Y), size);
    }

    // The observation of _directionFrames frames ago, else the oldest younger one, else the last.
    private BoxD Earlier()
    {
        foreach ((int age, BoxD box) in _recent)
        {
            if (age >= _age - _directionFrames)
                return box;
        }

        return LastSeen;
    }

    private static (double Dx, double Dy) DirectionOf(in BoxD from, in BoxD to)
    {
        Point2 way = to.Center - from.Center;
        double norm = Math.Sqrt(way.X * way.X + way.Y * way.Y) + NormGuard;
        return (way.X / norm, way.Y / norm);
    }
}
