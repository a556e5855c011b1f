using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>
/// Content of a checkpoint to be written; both writers store all of it, so that reading back is self-describing.
/// </summary>
internal sealed record CheckpointContent
{
    /// <summary>The model's tensors by the published names.</summary>
    public required IWeightSource Weights { get; init; }

    /// <summary>Averaged weights, if there are any.</summary>
    public IWeightSource? Ema { get; init; }

    /// <summary>Training arguments; Python finds them as <c>args</c>, an <c>argparse.Namespace</c>.</summary>
    public PlainMap Args { get; init; } = new();

    /// <summary>
    /// Further plain values: <c>epoch</c>, <c>rfdetr_version</c>, <c>model_name</c>, …; in a .pth also maps with tensors.
    /// </summary>
    public PlainMap Metadata { get; init; } = new();

    /// <summary>Meaning of the class logits; write it whenever it is known.</summary>
    public ClassMap? ClassMap { get; init; }

    /// <summary>All that an open checkpoint has, for conversion; optimizer state is left behind.</summary>
    /// <param name="checkpoint">Must stay open until the content is written.</param>
    /// <param name="classMap">The class map to store; null keeps a stored one.</param>
    public static CheckpointContent Of(Checkpoint checkpoint, ClassMap? classMap = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return new CheckpointContent
        {
            Weights = checkpoint,
            Ema = checkpoint.IsEma ? null : checkpoint.Ema,
            Args = checkpoint.Args,
            Metadata = checkpoint.Metadata,
            ClassMap = classMap,
        };
    }
}
