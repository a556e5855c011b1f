using System.Runtime.InteropServices;

namespace RfDetr.Tracking;

/// <summary>
/// Estimates how the camera moved from one frame to the next: corners of the reduced gray image are followed, and the rotation,
/// enlargement and shift that most of them agree with is the motion. Objects are left out by their boxes. Not safe for use by
/// several threads at once.
/// </summary>
/// <remarks>
/// Accuracy and cost are measured in docs/tracking.md. Without enough texture, and after a cut, no motion is reported.
/// </remarks>
public sealed class CameraMotionEstimator
{
    /// <summary>Images are reduced until their longer side has at most this many pixels.</summary>
    private const int WorkingSide = 320;

    private const int SmallestSide = 48;
    private const int FewestInliers = 8;
    private const double LeastShare = 0.35;

    // Boxes end where the detector says; their surroundings often still move with the object.
    private const double BoxMargin = 3;

    private GrayPyramid? _last, _spare; // of one size
    private BoxXyxy[] _lastObjects = [];
    private (int Width, int Height) _size;

    /// <summary>Share of followed corners that agree with the last motion, 0..1; 0 if no motion was found.</summary>
    public double Agreement { get; private set; }

    /// <summary>Takes the next frame and returns the motion since the one before; none for the first frame.</summary>
    /// <param name="pixels">The frame: gray (1 byte per pixel) or RGB (3), rows without padding.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="objects">Boxes of what was detected in this frame: it may move by itself.</param>
    /// <exception cref="ArgumentException">The number of bytes fits neither gray nor RGB.</exception>
    public CameraMotion Estimate(ReadOnlySpan<byte> pixels, int width, int height, ReadOnlySpan<BoxXyxy> objects)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long area = (long)width * height;
        if (pixels.Length != area && pixels.Length != 3 * area)
            throw new ArgumentException(
                $"A frame of {width}×{height} has {area} bytes (gray) or {3 * area} (RGB), not {pixels.Length}.", nameof(pixels));
        Agreement = 0;
        BoxXyxy[] before = _lastObjects;
        _lastObjects = objects.ToArray();
        int factor = (Math.Max(width, height) + WorkingSide - 1) / WorkingSide;
        if (Math.Min(width, height) / factor < SmallestSide)
        {
            _last = null;
            return CameraMotion.None;
        }

        if (_size != (width, height))
            (_last, _spare, _size) = (null, null, (width, height));
        GrayPyramid now = _spare ?? new GrayPyramid(width / factor, height / factor);
        now.Fill(pixels, width, (int)(pixels.Length / area), factor);
        GrayPyramid? last = _last;
        (_last, _spare) = (now, last);
        return last is null ? CameraMotion.None : Between(last, now, before, factor);
    }

    /// <summary>Forgets the last frame.</summary>
    public void Reset()
    {
        (_last, _lastObjects) = (null, []);
        Agreement = 0;
    }

    private CameraMotion Between(GrayPyramid last, GrayPyramid now, BoxXyxy[] objects, int factor)
    {
        List<Point2> corners = Corners.Find(last.Levels[0], IsOnObject);
        if (corners.Count < FewestInliers)
            return CameraMotion.None;
        Point2 start = GrayPyramid.CoarseShift(last, now);
        var displacement = new Displacement(last, now);
        var from = new List<Point2>(corners.Count);
        var to = new List<Point2>(corners.Count);
        foreach (Point2 corner in corners)
        {
            if (displacement.Find(corner, start) is not { } there)
                continue;
            from.Add(corner);
            to.Add(there);
        }

        if (from.Count < FewestInliers)
            return CameraMotion.None;
        (Similarity fit, int inliers) = SimilarityFit.Find(CollectionsMarshal.AsSpan(from), CollectionsMarshal.AsSpan(to));
        double share = (double)inliers / from.Count;
        if (inliers < FewestInliers || share < LeastShare)
            return CameraMotion.None;
        Agreement = share;
        return ToImage(fit, factor);

        bool IsOnObject(Point2 p)
        {
            foreach (BoxXyxy box in objects)
            {
                if (Covers(box, (p.X + 0.5) * factor, (p.Y + 0.5) * factor, factor))
                    return true;
            }

            return false;
        }
    }

    private static bool Covers(BoxXyxy box, double x, double y, int factor) =>
        x >= box.X1 - BoxMargin * factor && x <= box.X2 + BoxMargin * factor
        && y >= box.Y1 - BoxMargin * factor && y <= box.Y2 + BoxMargin * factor;

    // Pixel u of the reduced image lies at (u + ½)·factor of the image.
    private static CameraMotion ToImage(Similarity s, int factor) => new(
        s.A, -s.B, factor * (s.Tx + 0.5 - 0.5 * s.A + 0.5 * s.B), s.B, s.A, factor * (s.Ty + 0.5 - 0.5 * s.B - 0.5 * s.A));
}
