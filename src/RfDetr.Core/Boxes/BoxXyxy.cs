namespace RfDetr;

/// <summary>A box by its corners, edges on a continuous axis: an image of width W spans x from 0 to W.</summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Top edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Bottom edge.</param>
public readonly record struct BoxXyxy(float X1, float Y1, float X2, float Y2)
{
    /// <summary>Right edge minus left edge; negative for a box turned inside out.</summary>
    public float Width => X2 - X1;

    /// <summary>Bottom edge minus top edge; negative for a box turned inside out.</summary>
    public float Height => Y2 - Y1;

    /// <summary>Area; 0 for an empty box or one turned inside out.</summary>
    public float Area => MathF.Max(Width, 0) * MathF.Max(Height, 0);

    /// <summary>True if no edge is NaN or infinite.</summary>
    public bool IsFinite => float.IsFinite(X1) && float.IsFinite(Y1) && float.IsFinite(X2) && float.IsFinite(Y2);

    /// <summary>The box with x edges times <paramref name="x"/> and y edges times <paramref name="y"/>.</summary>
    public BoxXyxy Scale(float x, float y) => new(X1 * x, Y1 * y, X2 * x, Y2 * y);

    /// <summary>The box moved by the given distances.</summary>
    public BoxXyxy Offset(float x, float y) => new(X1 + x, Y1 + y, X2 + x, Y2 + y);

    /// <summary>Each edge clamped to <c>[0, width] × [0, height]</c>; a NaN edge stays NaN.</summary>
    public BoxXyxy Clamp(float width, float height) =>
        new(Math.Clamp(X1, 0, width), Math.Clamp(Y1, 0, height), Math.Clamp(X2, 0, width), Math.Clamp(Y2, 0, height));

    /// <summary>Center form in the same units; the inverse of <see cref="BoxCxCyWh.ToXyxy"/>.</summary>
    public BoxCxCyWh ToCxCyWh() => new((X1 + X2) / 2, (Y1 + Y2) / 2, Width, Height);

    /// <summary>Area common to both boxes; 0 if they do not overlap.</summary>
    public float Intersection(BoxXyxy other)
    {
        float width = MathF.Min(X2, other.X2) - MathF.Max(X1, other.X1);
        float height = MathF.Min(Y2, other.Y2) - MathF.Max(Y1, other.Y1);
        return width > 0 && height > 0 ? width * height : 0;
    }

    /// <summary>Intersection over union, 0..1; 0 where the union is empty or an edge is NaN.</summary>
    public float IoU(BoxXyxy other)
    {
        float intersection = Intersection(other);
        float union = Area + other.Area - intersection;
        return union > 0 ? intersection / union : 0;
    }

    /// <summary>
    /// The pixels the box touches, inside an image of the given size: edges clamped, then rounded outwards.
    /// Empty if the box lies outside, is empty or has a NaN edge.
    /// </summary>
    public PixelRect ToPixelRect(int imageWidth, int imageHeight)
    {
        BoxXyxy inside = Clamp(imageWidth, imageHeight);
        if (!(inside.X2 > inside.X1 && inside.Y2 > inside.Y1))
            return default;
        int x = (int)MathF.Floor(inside.X1), y = (int)MathF.Floor(inside.Y1);
        return new PixelRect(x, y, (int)MathF.Ceiling(inside.X2) - x, (int)MathF.Ceiling(inside.Y2) - y);
    }
}
