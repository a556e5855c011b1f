using System.Globalization;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Training;

/// <summary>Memory that a run will need, estimated before its first step. All in bytes.</summary>
/// <param name="Parameters">The weights.</param>
/// <param name="Gradients">Of the weights that are trained.</param>
/// <param name="Optimizer">AdamW's two moments.</param>
/// <param name="Average">The moving average.</param>
/// <param name="Activations">Values that a step keeps for its backward pass.</param>
/// <param name="Images">Decoded images that are kept, and batches that wait.</param>
/// <param name="Batch">Images of a step.</param>
internal sealed record MemoryPlan(
    long Parameters, long Gradients, long Optimizer, long Average, long Activations, long Images, int Batch)
{
    /// <summary>libtorch and .NET with all they load: the most that a run of the smallest network held.</summary>
    private const long Programs = 240L << 20;

    /// <summary>The largest batch that <c>auto</c> takes: beyond it a step only becomes longer.</summary>
    public const int MostAuto = 16;

    /// <summary>Share of the memory that <c>auto</c> fills.</summary>
    private const double Filled = 0.8;

    /// <summary>Everything together, with the programs.</summary>
    public long Total => Programs + Parameters + Gradients + Optimizer + Average + Activations + Images;

    /// <summary>Estimates a run.</summary>
    /// <param name="config">The network.</param>
    /// <param name="batch">Images per step.</param>
    /// <param name="side">Greatest side of the input in pixels, multi-scale included.</param>
    /// <param name="options">The run's options: trained parts, checkpointing, average, precision.</param>
    /// <param name="decoded">Bytes of all training images once decoded.</param>
    public static MemoryPlan Of(ModelConfig config, int batch, int side, TrainOptions options, long decoded = 0)
    {
        var loader = new LoaderOptions { Resolution = side, SizeDivisor = config.SizeDivisor };
        (ParameterList list, long perImage) = Walk(config, side, options.Hardware.GradientCheckpointing);
        long parameters = list.Count;
        (long trained, long gradients) = Trained(config, options, list);
        // half-width values, and float32 copies where the rules ask for them
        double precision = options.Hardware.Autocast is null ? 1 : 0.6;
        long waiting = 4L * loader.LookAhead * batch * config.Channels * side * side;
        return new MemoryPlan(
            4 * parameters, 4 * gradients, 8 * trained, options.Ema.Enabled ? 4 * parameters : 0,
            (long)(perImage * precision) * batch,
            Math.Min(decoded, loader.CacheBytes) + waiting, batch);
    }

    /// <summary>
    /// The largest batch up to <see cref="MostAuto"/> that fits into <paramref name="available"/> bytes, at least 1.
    /// </summary>
    public static int LargestBatch(ModelConfig config, int side, TrainOptions options, long available, long decoded = 0)
    {
        int batch = MostAuto;
        while (batch > 1 && Of(config, batch, side, options, decoded).Total > available * Filled)
            batch--;
        return batch;
    }

    /// <summary>Main memory that is free for this process, within whatever limit it runs under.</summary>
    public static long Available()
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo();
        return Math.Max(0, info.TotalAvailableMemoryBytes - Math.Max(0, info.MemoryLoadBytes - Environment.WorkingSet));
    }

    /// <summary>One line for people.</summary>
    public string Describe(long available) => string.Create(
        CultureInfo.InvariantCulture,
        $"memory: weights {Mb(Parameters)}, gradients {Mb(Gradients)}, optimizer {Mb(Optimizer)}, average {Mb(Average)}, "
            + $"activations of {Batch} images {Mb(Activations)}, images {Mb(Images)}; about {Mb(Total)} of {Mb(available)} MB");

    // Numbers that the optimizer holds moments of, and numbers that have a gradient, in the stage that trains most. Adapters hold
    // moments of their narrow
    // matrices only; the matrices that they stand for pass their gradients on.
    private static (long Trained, long Gradients) Trained(ModelConfig config, TrainOptions options, ParameterList list)
    {
        FreezePlan plan = FreezePlan.Of(options.Freeze);
        int freest = plan.Stages.Count == 0 ? 0 : plan.Stages.MinBy(s => s.Layers)!.Epoch;
        Dictionary<string, ParameterGroup> groups =
            ParameterGroups.Of(config, options.Optimizer, list.Parameters.Select(p => p.Name)).ToDictionary(g => g.Name);
        long trained = 0, gradients = 0;
        foreach ((string name, int[] shape) in list.Parameters)
        {
            long numbers = shape.Aggregate(1L, (product, side) => product * side);
            if (options.Adapter.Kind == AdapterKind.None || !LoraAdapters.IsFixed(name))
            {
                (trained, gradients) = plan.IsFrozen(groups[name], freest)
                    ? (trained, gradients)
                    : (trained + numbers, gradients + numbers);
            }
            else if (LoraAdapters.IsTarget(name))
            {
                long added = (long)options.Adapter.Rank * (shape[0] + shape[1]) + (
                    options.Adapter.Kind == AdapterKind.Dora ? shape[0] : 0);
                (trained, gradients) = (trained + added, gradients + added + numbers);
            }
        }

        return (trained, gradients);
    }

    private static string Mb(long bytes) => (bytes / 1_000_000.0).ToString("0", CultureInfo.InvariantCulture);

    // The losses keep a few arrays of the size of the logits for every layer's predictions; six, counted in a profile.
    private static (ParameterList Parameters, long BytesPerImage) Walk(ModelConfig config, int side, bool recompute)
    {
        var parameters = new ParameterList();
        var counter = new ActivationCounter(recompute);
        var network = new RfDetrNetwork(new Weights(parameters, counter), config);
        Tensor image = counter.Input(TensorType.Float([1, config.Channels, side, side]));
        NetworkOutput output =
            network.Forward(image, new ForwardRequest { Groups = config.GroupDetr, EveryLayer = true, TwoStage = true });
        long logits = 4L * config.GroupDetr * config.NumQueries * config.ClassLogits * (output.Layers.Count + 1);
        return (parameters, counter.Bytes + 6 * logits);
    }
}
