namespace RfDetr;

public sealed partial class RleMask
{
    /// <summary>Pixels in either mask.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public RleMask Union(RleMask other) => Combine(other, static (a, b) => a | b);

    /// <summary>Pixels in both masks.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public RleMask Intersect(RleMask other) => Combine(other, static (a, b) => a & b);

    /// <summary>Pixels of this mask that are not in <paramref name="other"/>.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public RleMask Subtract(RleMask other) => Combine(other, static (a, b) => a & !b);

    /// <summary>Number of pixels in both masks, without building their intersection.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public long IntersectionArea(RleMask other)
    {
        CheckSameSize(other);
        if (BoundingBox.Intersect(other.BoundingBox).IsEmpty)
            return 0;
        uint[] a = _counts, b = other._counts;
        long area = 0;
        long startA = a[0], startB = b[0];
        for (int i = 1, j = 1; i < a.Length && j < b.Length;)
        {
            long endA = startA + a[i], endB = startB + b[j];
            area += Math.Max(0, Math.Min(endA, endB) - Math.Max(startA, startB));
            if (endA <= endB)
            {
                startA = i + 1 < a.Length ? endA + a[i + 1] : endA;
                i += 2;
            }
            else
            {
                startB = j + 1 < b.Length ? endB + b[j + 1] : endB;
                j += 2;
            }
        }

        return area;
    }

    /// <summary>
    /// Intersection over union, 0..1. With <paramref name="groundTruthIsCrowd"/> the denominator is this mask's own area:
    /// COCO's rule for a detection (this) against a crowd region.
    /// </summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public double IoU(RleMask groundTruth, bool groundTruthIsCrowd = false)
    {
        long intersection = IntersectionArea(groundTruth);
        if (intersection == 0)
            return 0;
        return (double)intersection / (groundTruthIsCrowd ? Area : Area + groundTruth.Area - intersection);
    }

    private RleMask Combine(RleMask other, Func<bool, bool, bool> rule)
    {
        CheckSameSize(other);
        uint[] a = _counts, b = other._counts;
        var builder = new RleBuilder(Height, Width, a.Length + b.Length);
        long pixels = (long)Height * Width;
        long endA = a[0], endB = b[0];
        bool inA = false, inB = false;
        for (int i = 0, j = 0; ;)
        {
            long at = Math.Min(endA, endB);
            if (at == pixels)
                return builder.Build();
            if (endA == at)
            {
                inA = !inA;
                endA += a[++i];
            }

            if (endB == at)
            {
                inB = !inB;
                endB += b[++j];
            }

            if (rule(inA, inB) != builder.Inside)
                builder.Toggle(at);
        }
    }

    private void CheckSameSize(RleMask other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Height != other.Height || Width != other.Width)
            throw RleErrors.DifferentSizes(this, other);
    }
}
