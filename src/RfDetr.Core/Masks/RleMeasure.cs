namespace RfDetr;

/// <summary>Area and bounding box from canonical run lengths, without decoding.</summary>
internal static class RleMeasure
{
    public static (long Area, PixelRect Bounds) Of(ReadOnlySpan<uint> counts, int height)
    {
        long area = 0, end = 0;
        long left = long.MaxValue, right = -1;
        long top = height, bottom = -1;
        for (int i = 1; i < counts.Length; i += 2)
        {
            long start = end + counts[i - 1];
            end = start + counts[i];
            area += counts[i];
            (long firstX, long firstY) = Math.DivRem(start, height);
            (long lastX, long lastY) = Math.DivRem(end - 1, height);
            left = Math.Min(left, firstX);
            right = Math.Max(right, lastX);
            bool crossesColumns = lastX > firstX;
            top = crossesColumns ? 0 : Math.Min(top, firstY);
            bottom = crossesColumns ? height - 1 : Math.Max(bottom, lastY);
        }

        return area == 0
            ? (0, default)
            : (area, new PixelRect((int)left, (int)top, (int)(right - left + 1), (int)(bottom - top + 1)));
    }
}
