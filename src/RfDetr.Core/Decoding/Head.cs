namespace RfDetr;

/// <summary>
/// A part of the network's answer about each object: its box, its mask. A model's heads are data (<see cref="ModelInfo.Heads"/>),
/// and a head decodes its own output, so that another kind of answer is another head and changes none of the others.
/// </summary>
public abstract class Head
{
    private protected Head()
    {
    }

    /// <summary>Boxes, which every model has.</summary>
    public static Head Boxes { get; } = new BoxHead();

    /// <summary>Instance masks.</summary>
    public static Head Masks { get; } = new MaskHead();

    /// <summary>All heads that this version decodes, in the order in which they are decoded.</summary>
    public static IReadOnlyList<Head> Known { get; } = [Boxes, Masks];

    /// <summary>The word for it in options, inspections and messages, e.g. <c>masks</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The network's output that it reads, see <see cref="OutputNames"/>.</summary>
    public abstract string Output { get; }

    /// <summary>Name of the output in rf-detr's metadata, e.g. <c>pred_masks</c>.</summary>
    public abstract string Meaning { get; }

    /// <summary>Name that rf-detr's metadata has for the task of a model whose last head this is, e.g. <c>segment</c>.</summary>
    public abstract string Task { get; }

    /// <summary>The known heads whose outputs a network has.</summary>
    public static IReadOnlyList<Head> Of(NetworkContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return [.. Known.Where(head => contract.Find(head.Output) is not null)];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Adds what this head found to the selected objects of one image.</summary>
    internal abstract void Decode(in HeadInput input, IReadOnlyList<DetectionBuilder> to);
}

/// <summary>Input of a head: its output of one image, and where that image lies.</summary>
internal readonly ref struct HeadInput(ReadOnlySpan<float> values, OutputSpec spec, FrameGeometry frame, DetectOptions options)
{
    public OutputSpec Spec { get; } = spec;

    public FrameGeometry Frame { get; } = frame;

    public DetectOptions Options { get; } = options;

    private readonly ReadOnlySpan<float> _values = values;

    /// <summary>The values of one query.</summary>
    /// <exception cref="NetworkOutputException">One of them is not finite.</exception>
    public ReadOnlySpan<float> Row(int query)
    {
        ReadOnlySpan<float> row = _values.Slice(query * Spec.RowLength, Spec.RowLength);
        return FiniteValues.All(row) ? row : throw new NetworkOutputException(Spec.Name);
    }
}

/// <summary>The image and the part of it that the network saw, in pixels.</summary>
internal readonly record struct FrameGeometry(int Width, int Height, PixelRect View)
{
    public static FrameGeometry Of(int width, int height, PixelRect? roi) =>
        new(width, height, roi ?? new PixelRect(0, 0, width, height));

    public bool IsWhole => View.Width == Width && View.Height == Height;
}

/// <summary>A detection while heads add to it.</summary>
internal sealed class DetectionBuilder(Candidate candidate)
{
    public int Query => candidate.Query;

    public int Label => candidate.Label;

    public float Score => candidate.Score;

    public BoxXyxy Box { get; set; }

    public RleMask? Mask { get; set; }

    /// <summary>Results of heads for which <see cref="Detection"/> has no property of its own.</summary>
    public List<object>? Features { get; set; }

    public Detection Build(string className) => new()
    {
        Box = Box,
        Score = Score,
        ClassId = Label,
        ClassName = className,
        Mask = Mask,
        Features = Features ?? (IReadOnlyList<object>)[],
    };
}
