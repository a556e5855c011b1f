namespace RfDetr.Training;

/// <summary>Learning rates, weight decay and AdamW's constants; defaults are rf-detr's.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Learning rate of projector, heads and queries; the decoder takes <see cref="ComponentDecay"/> times it.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Learning rate of the encoder before the decays by layer and by component.</summary>
    public double EncoderLearningRate { get; init; } = 1.5e-4;

    /// <summary>Factor from an encoder layer to the one before it, above 0 to 1.</summary>
    public double LayerDecay { get; init; } = 0.8;

    /// <summary>Factor of the decoder, above 0 to 1; the encoder takes its square.</summary>
    public double ComponentDecay { get; init; } = 0.7;

    /// <summary>Decoupled weight decay; 0 for the encoder's biases, norms and embeddings.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Largest norm of all gradients together; 0 does not clip.</summary>
    public double ClipNorm { get; init; } = 0.1;

    /// <summary>Decay of the first moment, in [0, 1).</summary>
    internal double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment, in [0, 1).</summary>
    internal double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment, &gt; 0.</summary>
    internal double Epsilon { get; init; } = 1e-8;

    /// <summary>Checks the ranges; returns itself.</summary>
    /// <exception cref="ArgumentException">At least one value is out of its range; all are named.</exception>
    internal OptimizerOptions Validated()
    {
        var wrong = new List<string>();
        Check(LearningRate >= 0, nameof(LearningRate), LearningRate, "≥ 0");
        Check(EncoderLearningRate >= 0, nameof(EncoderLearningRate), EncoderLearningRate, "≥ 0");
        Check(LayerDecay is > 0 and <= 1, nameof(LayerDecay), LayerDecay, "in (0, 1]");
        Check(ComponentDecay is > 0 and <= 1, nameof(ComponentDecay), ComponentDecay, "in (0, 1]");
        Check(WeightDecay >= 0, nameof(WeightDecay), WeightDecay, "≥ 0");
        Check(ClipNorm >= 0, nameof(ClipNorm), ClipNorm, "≥ 0");
        Check(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "in [0, 1)");
        Check(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "in [0, 1)");
        Check(Epsilon > 0, nameof(Epsilon), Epsilon, "> 0");
        return wrong.Count == 0 ? this : throw new ArgumentException($"optimizer options: {string.Join("; ", wrong)}");

        void Check(bool holds, string name, double value, string range)
        {
            if (!holds || !double.IsFinite(value))
                wrong.Add(Invariant.Text($"{name} is {value}, must be {range}"));
        }
    }
}
