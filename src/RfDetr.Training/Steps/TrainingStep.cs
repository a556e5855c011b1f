using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// Everything that one optimizer step needs: network, criterion, AdamW, average. Forward, loss and backward for each of the
/// step's batches, then averaging over processes, clipping, the step. Not safe for several threads.
/// </summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly TrainingStepOptions _options;
    private readonly Ranks _ranks;
    private readonly Criterion _criterion;
    private readonly TrainedTensor[] _trained;

    // Stands in its place among the optimizer's tensors, so that theirs are those of rf-detr's checkpoints; it never has a
    // gradient.
    private readonly TorchTensor _maskToken;
    private int _frozenEpoch = -1;

    /// <summary>Builds the network on a back end and everything around it.</summary>
    /// <param name="config">The network.</param>
    /// <param name="backend">Back end on which it computes.</param>
    /// <param name="weights">Opens the weights on it: a file's, or an initializer's.</param>
    /// <param name="options">The step.</param>
    /// <param name="ranks">The processes that share each step; null for one alone. They belong to the caller.</param>
    /// <exception cref="WeightsException">The weights do not fit the network.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public TrainingStep(
        ModelConfig config, TorchBackend backend, Func<Backend, Weights> weights, TrainingStepOptions options,
        Ranks? ranks = null)
    {
        (_options, _ranks, Backend) = (options, ranks ?? Ranks.Alone, backend);
        _ = options.Optimizer.Validated();
        _ = options.Schedule.Validated();
        _ = options.Freeze.Validated();
        _criterion = new Criterion(options.Loss, options.Matching);
        Network = new RfDetrNetwork(weights(backend), config);
        Lora = options.Adapter.Kind != AdapterKind.None ? new LoraAdapters(options.Adapter, backend.Parameters) : null;
        using (new TorchScope())
            _maskToken = TorchScope.Detach(TorchTensor.Zeros([1, config.EncoderWidth]));
        _trained = Trained(config, options.Optimizer);
        Optimizer = new AdamW(options.Optimizer, _trained);
        Ema = options.Ema.Enabled ? new Ema(options.Ema, backend.Parameters.Select(p => (p.Key, p.Value))) : null;
        Scaler = options.Autocast == ScalarType.Float16 ? new LossScaler() : null;
    }

    /// <summary>The network on its back end.</summary>
    public RfDetrNetwork Network { get; }

    /// <summary>Back end on which the network computes; its parameters are the weights.</summary>
    public TorchBackend Backend { get; }

    /// <summary>The optimizer; its states make a run resumable.</summary>
    public AdamW Optimizer { get; }

    /// <summary>The averaged weights; null without.</summary>
    public Ema? Ema { get; }

    /// <summary>Adapters; null without.</summary>
    public LoraAdapters? Lora { get; }

    /// <summary>The loss scale of float16; null otherwise.</summary>
    public LossScaler? Scaler { get; }

    /// <summary>Optimizer steps taken, those left out for overflow included.</summary>
    public long Steps { get; private set; }

    /// <summary>Takes one step on one batch.</summary>
    public StepResult Run(TrainingBatch batch) => Run([batch]);

    /// <summary>Takes one step on batches whose gradients are averaged (accumulation).</summary>
    /// <exception cref="ArgumentException">There is no batch, or targets do not fit the model.</exception>
    public StepResult Run(IReadOnlyList<TrainingBatch> batches)
    {
        using var scope = new TorchScope();
        GradientStep gradients = Gradients(batches);
        double factor = _options.Schedule.Factor(Steps);
        bool finite = double.IsFinite(gradients.Total) && double.IsFinite(gradients.Norm);
        if (finite)
            Apply(gradients.Norm, factor);
        Clear();
        Scaler?.Update(finite);
        Steps++;
        return new(gradients.Total, gradients.Terms, gradients.Norm, factor, finite);
    }

    /// <summary>Forward, loss and backward only: gradients are left on the parameters, for comparison with a reference.</summary>
    public GradientStep Gradients(IReadOnlyList<TrainingBatch> batches)
    {
        if (batches.Count == 0)
            throw new ArgumentException("a step needs at least one batch", nameof(batches));
        using var scope = new TorchScope();
        Freeze();
        double scale = Scaler?.Scale ?? 1;
        TorchTensor? sums = null;
        LossResult? loss = null;
        foreach (TrainingBatch batch in batches)
        {
            using var inner = new TorchScope();
            loss = Loss(batch);
            (loss.Total * (scale / batches.Count)).Backward();
            sums = inner.Keep(sums is null ? loss.Values.Detach() : sums + loss.Values.Detach());
        }

        Lora?.Backward();
        TorchTensor[] gradients = [.. _trained.Select(t => t.Value.Grad).OfType<TorchTensor>()];
        _ranks.AverageGradients(gradients);

        // The step's one wait for the device: all terms and the norm together.
        double[] read = TorchTensor.Cat(
            [sums!.To(ScalarType.Float64), GradientClip.Norm(gradients).To(ScalarType.Float64).Reshape(1)], 0).ToArray<double>();
        (string Name, double Value)[] terms = [.. loss!.Names.Select((name, i) => (name, read[i] / batches.Count))];
        double total = terms.Zip(loss.Weights, (t, w) => w == 0 ? 0 : w * t.Value).Sum();
        return new(total, terms, read[^1] / scale);
    }

    /// <summary>Removes all gradients.</summary>
    public void Clear()
    {
        foreach (TorchTensor value in Backend.Parameters.Values)
            value.Grad = null;
        foreach (TrainedTensor tensor in _trained)
            tensor.Value.Grad = null;
    }

    /// <summary>
    /// Goes on after so many steps, once the states are restored: restored adapters are written into the network, and layers thaw
    /// or freeze by the epoch.
    /// </summary>
    public void Resume(long steps)
    {
        Steps = steps;
        Lora?.Write();
        _frozenEpoch = -1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Ema?.Dispose();
        Lora?.Dispose();
        _maskToken.Dispose();
    }

    private LossResult Loss(TrainingBatch batch)
    {
        int groups = _options.Groups ?? Network.Config.GroupDetr;
        var request = new ForwardRequest
        {
            Groups = groups,
            EveryLayer = true,
            TwoStage = true,
            ProjectTwoStageMasks = _options.ProjectTwoStageMasks
        };
        TorchTensor pixels =
            TorchTensor.From<float>(batch.Pixels, [batch.Size, Network.Config.Channels, batch.Height, batch.Width]);
        Device device = Backend.Device;
        pixels = device.IsCpu ? pixels : pixels.PinMemory().To(device, nonBlocking: true);
        pixels = pixels.To(Backend.Parameters.Values.First().ScalarType);
        return _criterion.Compute(Forward(pixels, request), batch.Targets, new LossContext
        {
            Groups = groups,
            Height = batch.Height,
            Width = batch.Width,
            Points = _options.Points,
            MeanOverRanks = _ranks.Mean,
        });
    }

    private NetworkOutput Forward(TorchTensor pixels, ForwardRequest request)
    {
        if (_options.Autocast is not { } type)
            return Network.Forward(Backend.Images(pixels), request);
        using AutocastMode guard = TorchRuntime.Autocast(type, Backend.Device);
        return Network.Forward(Backend.Images(pixels), request);
    }

    private void Apply(double norm, double factor)
    {
        double scale = GradientClip.Factor(norm, _options.Optimizer.ClipNorm) / (Scaler?.Scale ?? 1);
        Optimizer.Step(factor, scale, IsFrozen);
        Lora?.Write();
        Ema?.Update();
    }

    private int Epoch => (int)(Steps / _options.Schedule.StepsPerEpoch);

    private bool IsFrozen(ParameterGroup group) => _options.Freeze.IsFrozen(group, Epoch);

    // What is frozen needs no gradient either; the back end then leaves its computation out.
    private void Freeze()
    {
        if (Epoch == _frozenEpoch)
            return;
        _frozenEpoch = Epoch;
        foreach (TrainedTensor tensor in _trained)
            tensor.Value.RequiresGrad = !IsFrozen(tensor.Group);
    }

    private TrainedTensor[] Trained(ModelConfig config, OptimizerOptions options)
    {
        var values = new Dictionary<string, TorchTensor> { [CheckpointOrder.MaskToken] = _maskToken };
        foreach ((string name, TorchTensor value) in Backend.Parameters)
        {
            if (Lora is null || !LoraAdapters.IsFixed(name))
                values.Add(name, value);
            else
                value.RequiresGrad = LoraAdapters.IsTarget(name);
        }

        foreach ((string name, TorchTensor value) in Lora?.Trained ?? [])
            values.Add(name, value);
        return [.. ParameterGroups.Of(config, options, values.Keys).Select(g => new TrainedTensor(g, values[g.Name]))];
    }
}

/// <summary>A step's losses and gradients, before it is taken.</summary>
/// <param name="Total">The loss.</param>
/// <param name="Terms">Its terms.</param>
/// <param name="Norm">Norm of all gradients.</param>
internal sealed record GradientStep(double Total, IReadOnlyList<(string Name, double Value)> Terms, double Norm);

/// <summary>Result of one optimizer step.</summary>
/// <param name="Total">The loss; the mean over the step's batches.</param>
/// <param name="Terms">The loss's terms, not weighted, and what is only logged; means over the step's batches.</param>
/// <param name="GradientNorm">Norm of all gradients before clipping.</param>
/// <param name="Factor">The schedule's factor on the learning rates.</param>
/// <param name="Stepped">False if the weights were left as they are: something was not finite.</param>
internal sealed record StepResult(
    double Total, IReadOnlyList<(string Name, double Value)> Terms, double GradientNorm, double Factor, bool Stepped)
{
    /// <summary>
    /// True if loss and gradients are finite numbers. With a loss scale the gradients may overflow now and then without harm.
    /// </summary>
    public bool IsFinite => double.IsFinite(Total) && double.IsFinite(GradientNorm);
}
