using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>An open checkpoint and its card.</summary>
internal sealed class CheckpointModel(Checkpoint checkpoint, ModelCard card) : IDisposable
{
    public Checkpoint Checkpoint { get; } = checkpoint;

    public ModelCard Card { get; } = card;

    public Weights Weights(Backend backend) => new(Checkpoint, backend);

    public void Dispose() => Checkpoint.Dispose();
}
