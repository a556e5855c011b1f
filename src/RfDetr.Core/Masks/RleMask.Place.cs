namespace RfDetr;

/// <summary>Masks of a part of an image.</summary>
public sealed partial class RleMask
{
    /// <summary>
    /// This mask as part of a larger one: its corner at (<paramref name="x"/>, <paramref name="y"/>), background around it.
    /// </summary>
    /// <exception cref="ArgumentException">It does not fit into <paramref name="height"/>×<paramref name="width"/>.</exception>
    public RleMask Place(int x, int y, int height, int width)
    {
        if (x < 0 || y < 0 || x > width - Width || y > height - Height)
            throw new ArgumentException(
                $"A mask of {Height}×{Width} at ({x}, {y}) does not fit into {height}×{width} (height × width).");
        var builder = new RleBuilder(height, width, 2 * _counts.Length);
        foreach (ColumnRun run in ColumnRuns(new PixelRect(0, 0, Width, Height)))
        {
            long column = (long)(x + run.X) * height + y;
            builder.Toggle(column + run.Top);
            builder.Toggle(column + run.Bottom);
        }

        return builder.Build();
    }
}
