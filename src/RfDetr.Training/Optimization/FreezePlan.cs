namespace RfDetr.Training;

/// <summary>
/// From <see cref="Epoch"/> on, the first <see cref="Layers"/> encoder layers (and the embeddings, if any) are frozen.
/// </summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Layers">Encoder layers from the first; 0 for nothing.</param>
public sealed record FreezeStage(int Epoch, int Layers);

/// <summary>Parts of the encoder that are not trained, at first or always.</summary>
public sealed record FreezeOptions
{
    /// <summary>True to leave the whole encoder as it is.</summary>
    public bool Encoder { get; init; }

    /// <summary>Layers of the encoder, from the first, that are left as they are, with the embeddings; 0 for none.</summary>
    public int Layers { get; init; }

    /// <summary>Later stages, by rising epoch, in which fewer layers stay frozen.</summary>
    public IReadOnlyList<FreezeStage> Unfreeze { get; init; } = [];

    /// <summary>True if anything is frozen at first.</summary>
    internal bool IsFrozen => Encoder || Layers > 0;
}

/// <summary>Tensors that are not trained, epoch by epoch: the whole encoder or its first layers, thawed in stages.</summary>
internal sealed record FreezePlan
{
    /// <summary>In <see cref="FreezeStage.Layers"/>: all layers and the final norm.</summary>
    public const int WholeEncoder = int.MaxValue;

    /// <summary>Nothing is ever frozen.</summary>
    public static FreezePlan None { get; } = new() { Stages = [] };

    /// <summary>The plan of a run's options.</summary>
    public static FreezePlan Of(FreezeOptions options) => new()
    {
        Stages =
        [
            .. options.IsFrozen ? (FreezeStage[])[new(0, options.Encoder ? WholeEncoder : options.Layers)] : [],
            .. options.Unfreeze,
        ],
    };

    /// <summary>By rising epoch; before the first nothing is frozen.</summary>
    public required IReadOnlyList<FreezeStage> Stages { get; init; }

    /// <summary>True if the tensors of <paramref name="group"/> keep their values in <paramref name="epoch"/>.</summary>
    public bool IsFrozen(ParameterGroup group, int epoch)
    {
        int layers = Stages.LastOrDefault(s => s.Epoch <= epoch)?.Layers ?? 0;
        return layers > 0 && group.EncoderDepth is { } depth && depth <= layers;
    }

    /// <summary>Checks the order; returns itself.</summary>
    /// <exception cref="ArgumentException">Epochs do not rise, or a number is negative.</exception>
    public FreezePlan Validated()
    {
        for (int i = 0; i < Stages.Count; i++)
        {
            if (Stages[i].Epoch < 0 || Stages[i].Layers < 0)
                throw new ArgumentException(
                    $"freeze stage {i} is (epoch {Stages[i].Epoch}, layers {Stages[i].Layers}); neither may be negative");
            if (i > 0 && Stages[i].Epoch <= Stages[i - 1].Epoch)
                throw new ArgumentException(
                    $"freeze stages must come by rising epoch; {Stages[i].Epoch} follows {Stages[i - 1].Epoch}");
        }

        return this;
    }
}
