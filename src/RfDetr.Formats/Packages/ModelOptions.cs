namespace RfDetr;

/// <summary>One of the two sets of weights that a training checkpoint may hold.</summary>
public enum WeightSet
{
    /// <summary>The weights that were trained.</summary>
    Regular,

    /// <summary>Their exponential moving average (EMA); the regular ones where the file has no average.</summary>
    Averaged,
}

/// <summary>Height and width, in this order everywhere.</summary>
/// <param name="Height">Rows, in pixels.</param>
/// <param name="Width">Columns, in pixels.</param>
public readonly record struct ImageSize(int Height, int Width)
{
    /// <summary>For example <c>384×512</c>.</summary>
    public override string ToString() => Invariant.Text($"{Height}×{Width}");
}

/// <summary>
/// Meaning of a model, as far as its file does not say it or is to be overruled. An <c>Engine</c> is what runs it.
/// </summary>
public sealed record ModelOptions
{
    /// <summary>The variant a checkpoint must be; null: found from its shapes.</summary>
    public string? Variant { get; init; }

    /// <summary>
    /// Names of the classes where the file has none, in the order of the logits (see <see cref="ClassOffset"/>).
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Logit index of the first name; null: by the file's own rule.</summary>
    public int? ClassOffset { get; init; }

    /// <summary>Rule by which images are resized; null: as the model says, else without antialias.</summary>
    public ResizeRule? ResizeRule { get; init; }

    /// <summary>Candidates kept before any filter; null: the model's own.</summary>
    public int? NumSelect { get; init; }

    /// <summary>Set of weights to take from a checkpoint that has two.</summary>
    public WeightSet Weights { get; init; }

    /// <summary>The caller accepts the license of weights that ask for it (xlarge, 2xlarge: PML-1.0).</summary>
    public bool AcceptLicense { get; init; }

    /// <summary>Input height and width in pixels, multiples of patch · windows; null: the model's own.</summary>
    public ImageSize? InputSize { get; init; }

    /// <summary>
    /// The products that run in int8; null: as the model says; <see cref="QuantizationPolicy.None"/>: none. Float weights are
    /// rounded first, as a file with the policy would hold them: both give the same.
    /// </summary>
    public QuantizationPolicy? Quantization { get; init; }

    /// <summary>Collects everything that is out of its range into one message.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Validate()
    {
        var wrong = new List<string>();
        if (ClassOffset is < 0)
            wrong.Add(Invariant.Text($"{nameof(ClassOffset)} is {ClassOffset}, expected 0 or more"));
        if (NumSelect is < 1)
            wrong.Add(Invariant.Text($"{nameof(NumSelect)} is {NumSelect}, expected 1 or more"));
        if (InputSize is { } size && (size.Height is < 1 or > 8192 || size.Width is < 1 or > 8192))
            wrong.Add($"{nameof(InputSize)} is {size}, expected 1..8192 a side");
        if (!Enum.IsDefined(Weights))
            wrong.Add($"{nameof(Weights)} is {Weights}, expected {nameof(WeightSet.Regular)} or {nameof(WeightSet.Averaged)}");
        if (wrong.Count > 0)
            throw new ArgumentException("model options: " + string.Join("; ", wrong));
    }
}
