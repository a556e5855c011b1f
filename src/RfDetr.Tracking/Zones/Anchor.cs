namespace RfDetr.Tracking;

/// <summary>The point of a box that stands for the object.</summary>
public enum Anchor
{
    /// <summary>The middle of the box.</summary>
    Center,

    /// <summary>The middle of the lower edge: where a standing object touches the ground.</summary>
    BottomCenter,

    /// <summary>The middle of the upper edge.</summary>
    TopCenter,

    /// <summary>The middle of the left edge.</summary>
    CenterLeft,

    /// <summary>The middle of the right edge.</summary>
    CenterRight,

    /// <summary>The upper left corner.</summary>
    TopLeft,

    /// <summary>The upper right corner.</summary>
    TopRight,

    /// <summary>The lower left corner.</summary>
    BottomLeft,

    /// <summary>The lower right corner.</summary>
    BottomRight,
}

/// <summary>Positions of anchors.</summary>
internal static class Anchors
{
    public static readonly Anchor[] Corners = [Anchor.TopLeft, Anchor.TopRight, Anchor.BottomLeft, Anchor.BottomRight];

    /// <summary>The anchor's position, computed in double precision.</summary>
    public static Point2 Of(BoxXyxy box, Anchor anchor)
    {
        (double x1, double y1, double x2, double y2) = (box.X1, box.Y1, box.X2, box.Y2);
        return anchor switch
        {
            Anchor.Center => new Point2((x1 + x2) / 2, (y1 + y2) / 2),
            Anchor.BottomCenter => new Point2((x1 + x2) / 2, y2),
            Anchor.TopCenter => new Point2((x1 + x2) / 2, y1),
            Anchor.CenterLeft => new Point2(x1, (y1 + y2) / 2),
            Anchor.CenterRight => new Point2(x2, (y1 + y2) / 2),
            Anchor.TopLeft => new Point2(x1, y1),
            Anchor.TopRight => new Point2(x2, y1),
            Anchor.BottomLeft => new Point2(x1, y2),
            Anchor.BottomRight => new Point2(x2, y2),
            _ => throw new ArgumentOutOfRangeException(nameof(anchor), anchor, "This anchor does not exist."),
        };
    }
}
