namespace RfDetr;

/// <summary>Rules for which of the network's findings are kept; the defaults are rf-detr's.</summary>
public sealed record DetectOptions
{
    /// <summary>Score above 0.5, every class, whole image.</summary>
    public static DetectOptions Default { get; } = new();

    /// <summary>Only scores strictly greater are kept; 0..1.</summary>
    public float ScoreThreshold { get; init; } = 0.5f;

    /// <summary>Thresholds of single classes by name, in place of <see cref="ScoreThreshold"/>.</summary>
    public IReadOnlyDictionary<string, float> ClassThresholds { get; init; } = new Dictionary<string, float>();

    /// <summary>Classes to keep, by name; empty: all. Acts on the selected candidates, so it never brings up others.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>
    /// The part of the image that the network is shown; null: all of it. Results are in the whole image's pixels.
    /// </summary>
    public PixelRect? Roi { get; init; }

    /// <summary>True if boxes are cut off at the image's edges (rf-detr from 1.8.3 on).</summary>
    public bool ClampBoxes { get; init; } = true;

    /// <summary>Candidates kept before any filter; null: the model's own.</summary>
    public int? NumSelect { get; init; }

    /// <summary>Rule by which the image is resized; null: the model's own rule.</summary>
    public ResizeRule? ResizeRule { get; init; }

    /// <summary>
    /// Removes boxes that overlap a better one of their class by more than this IoU; null (the default): none are removed, as
    /// RF-DETR needs it.
    /// </summary>
    public float? NmsIoU { get; init; }

    /// <summary>
    /// The heads to decode, e.g. <c>[Head.Boxes]</c> to leave masks out; null: all that the model has. Boxes always are.
    /// </summary>
    public IReadOnlyList<Head>? Heads { get; init; }

    /// <summary>True cuts masks off at their box; the reference does not.</summary>
    public bool MasksInsideBox { get; init; }
}
