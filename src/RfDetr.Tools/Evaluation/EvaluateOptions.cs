using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>Rules for evaluating a detector; the defaults are COCO's and the model's.</summary>
public sealed record EvaluateOptions
{
    /// <summary>The class of the data set for each class of the model; null matches them by name.</summary>
    public ClassMatching? Classes { get; init; }

    /// <summary>
    /// Shapes that are compared: <see cref="EvaluationKind.Masks"/> asks for masks (and boxes) and fails where there are none,
    /// <see cref="EvaluationKind.Boxes"/> leaves masks out; null compares boxes, and masks too where the model finds some and
    /// every object has one.
    /// </summary>
    public EvaluationKind? Kind { get; init; }

    /// <summary>Thresholds, areas and limits of detections; its kind is not looked at.</summary>
    public EvaluationOptions Metrics { get; init; } = new();

    /// <summary>The rule by which images are resized; null: the model's own.</summary>
    public ResizeRule? ResizeRule { get; init; }

    /// <summary>Detections per image; null: the model's own number.</summary>
    public int? NumSelect { get; init; }

    /// <summary>Images per run of the network, at least 1.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Only the first images of the split are evaluated, at least 1; null: all of them.</summary>
    public int? MostImages { get; init; }

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Names every value that is wrong.</exception>
    internal void Validate()
    {
        var wrong = new List<string>();
        if (Batch < 1)
            wrong.Add(Invariant.Text($"{nameof(Batch)} is {Batch}, expected at least 1"));
        if (MostImages < 1)
            wrong.Add(Invariant.Text($"{nameof(MostImages)} is {MostImages}, expected at least 1, or null for all"));
        if (NumSelect < 1)
            wrong.Add(
                Invariant.Text(
                    $"{nameof(NumSelect)} is {NumSelect}, expected at least 1, or null for the model's own"));
        if (wrong.Count > 0)
            throw new ArgumentException("evaluate options: " + string.Join("; ", wrong));
        _ = Metrics.Validated();
    }
}
