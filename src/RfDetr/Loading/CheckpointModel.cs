using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>An open checkpoint and its card.</summary>
internal sealed class CheckpointModel(Checkpoint checkpoint, ModelCard card) : IDisposable
{
    public Checkpoint Checkpoint { get; } = checkpoint;

    public ModelCard Card { get; } = card;

    // A policy that is not the file's own gives what a file with it would give: its weights are rounded first.
    public Weights Weights(Backend backend) =>
        new(Card.Quantization is { } policy && QuantizationPolicyPlain.Find(Checkpoint) is var own ? new RoundedWeights(Checkpoint, n => policy.Covers(n) && own?.Covers(n) != true) : Checkpoint, backend);

    public void Dispose() => Checkpoint.Dispose();
}
