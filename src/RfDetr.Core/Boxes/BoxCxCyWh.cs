namespace RfDetr;

/// <summary>A box as the network emits it: center and size, each relative to the image (0..1), not clamped.</summary>
/// <param name="Cx">Center, from the left.</param>
/// <param name="Cy">Center, from the top.</param>
/// <param name="Width">Width; the network may emit a negative one.</param>
/// <param name="Height">Height; the network may emit a negative one.</param>
public readonly record struct BoxCxCyWh(float Cx, float Cy, float Width, float Height)
{
    /// <summary>Corner form in the same units; a negative width or height counts as 0, as in the reference.</summary>
    public BoxXyxy ToXyxy()
    {
        float halfWidth = 0.5f * MathF.Max(Width, 0);
        float halfHeight = 0.5f * MathF.Max(Height, 0);
        return new BoxXyxy(Cx - halfWidth, Cy - halfHeight, Cx + halfWidth, Cy + halfHeight);
    }

    /// <summary>Corner form in pixels of an image of the given size, not clamped to it.</summary>
    public BoxXyxy ToPixels(int imageWidth, int imageHeight) => ToXyxy().Scale(imageWidth, imageHeight);
}
