using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>An open checkpoint and its card.</summary>
internal sealed class CheckpointModel(Checkpoint checkpoint, ModelCard card) : IDisposable
{
    public Checkpoint Checkpoint { get; } = checkpoint;

    public ModelCard Card { get; } = card;

    // A policy that is not the file's own gives what a file with it would give: its weights are rounded first.
    public Weights Weights(Backend backend)
    {
        if (Card.Quantization is not { } policy)
            return new(Checkpoint, backend);
        QuantizationPolicy own = QuantizationPolicyPlain.Find(Checkpoint) ?? QuantizationPolicy.None;
        return new(new RoundedWeights(Checkpoint, name => policy.Covers(name) && !own.Covers(name)), backend);
    }

    public void Dispose() => Checkpoint.Dispose();
}
