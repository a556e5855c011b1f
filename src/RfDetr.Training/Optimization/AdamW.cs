using System.Numerics;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>A tensor that is trained.</summary>
/// <param name="Group">Name, learning rate, weight decay.</param>
/// <param name="Value">The tensor.</param>
internal sealed record TrainedTensor(ParameterGroup Group, TorchTensor Value)
{
    /// <summary>Checkpoint name.</summary>
    public string Name => Group.Name;
}

/// <summary>State of AdamW for one tensor; PyTorch's names in its checkpoints.</summary>
/// <param name="Name">Checkpoint name of the tensor.</param>
/// <param name="Step">Steps taken (<c>step</c>).</param>
/// <param name="FirstMoment"><c>exp_avg</c>, of the tensor's shape.</param>
/// <param name="SecondMoment"><c>exp_avg_sq</c>, of the tensor's shape.</param>
internal sealed record AdamWState(string Name, long Step, TorchTensor FirstMoment, TorchTensor SecondMoment);

/// <summary>
/// AdamW (arXiv 1711.05101) as PyTorch computes it: a tensor without gradient is left as it is and has no state. On the host one
/// pass of
/// our own, on other devices libtorch's list kernels.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private readonly OptimizerOptions _options;
    private readonly AdamWState?[] _states;
    private readonly bool _listKernels;

    /// <summary>Starts without state.</summary>
    /// <param name="options">Constants.</param>
    /// <param name="tensors">In the order of <see cref="ParameterGroups"/>.</param>
    /// <param name="listKernels">True for libtorch's list kernels on the host too.</param>
    public AdamW(OptimizerOptions options, IReadOnlyList<TrainedTensor> tensors, bool listKernels = false)
    {
        (_options, Tensors, _listKernels) = (options, tensors, listKernels);
        _states = new AdamWState?[tensors.Count];
    }

    /// <summary>Tensors that are trained, in the optimizer's order.</summary>
    public IReadOnlyList<TrainedTensor> Tensors { get; }

    /// <summary>
    /// The state of each tensor; null for those that never had a gradient. The tensors belong to the optimizer.
    /// </summary>
    public IReadOnlyList<AdamWState?> States => _states;

    /// <summary>Takes over a state, copied.</summary>
    /// <exception cref="ArgumentException">There is no such tensor, or the shapes differ.</exception>
    public void Restore(AdamWState state)
    {
        int index = 0;
        while (index < Tensors.Count && Tensors[index].Name != state.Name)
            index++;
        if (index == Tensors.Count)
            throw new ArgumentException($"optimizer state '{state.Name}' belongs to no tensor that is trained");
        TorchTensor value = Tensors[index].Value;
        foreach (TorchTensor moment in (TorchTensor[])[state.FirstMoment, state.SecondMoment])
        {
            if (!moment.Shape.AsSpan().SequenceEqual(value.Shape))
                throw new ArgumentException(
                    $"optimizer state '{state.Name}' has shape [{string.Join(", ", moment.Shape)}], the tensor "
                        + $"[{string.Join(", ", value.Shape)}]");
        }

        Drop(index);
        _states[index] = new(state.Name, state.Step, Owned(state.FirstMoment, value), Owned(state.SecondMoment, value));
    }

    /// <summary>Takes one step with the tensors' gradients.</summary>
    /// <param name="factor">The schedule's factor on all learning rates.</param>
    /// <param name="gradientScale">Factor on all gradients.</param>
    /// <param name="isFrozen">Test for the tensors that keep their values and states; null for none.</param>
    public void Step(double factor, double gradientScale, Func<ParameterGroup, bool>? isFrozen = null)
    {
        using var scope = new TorchScope();
        using GradMode guard = TorchRuntime.NoGrad();
        var updates = new List<Update>();
        for (int i = 0; i < Tensors.Count; i++)
        {
            (ParameterGroup group, TorchTensor value) = Tensors[i];
            if (isFrozen?.Invoke(group) == true || value.Grad is not { } gradient)
                continue;
            AdamWState state = _states[i] ??= new(group.Name, 0, Zeros(value), Zeros(value));
            _states[i] = state = state with { Step = state.Step + 1 };
            updates.Add(new(value, gradient, state, Constants(group, state.Step, factor, gradientScale)));
        }

        Update[] onHost = [.. updates.Where(u => !_listKernels && u.IsOnHost)];
        Host(onHost.Where(u => u.Value.ScalarType == ScalarType.Float32), static u => new HostTensors<float>(u));
        Host(onHost.Where(u => u.Value.ScalarType == ScalarType.Float64), static u => new HostTensors<double>(u));
        foreach (IGrouping<AdamWConstants, Update> alike in updates.Except(onHost).GroupBy(u => u.Constants))
            Device([.. alike], alike.Key);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < _states.Length; i++)
            Drop(i);
    }

    private AdamWConstants Constants(ParameterGroup group, long step, double factor, double gradientScale)
    {
        double rate = group.LearningRate * factor;
        return new(
            gradientScale, 1 - rate * group.WeightDecay, _options.Beta1, _options.Beta2,
            Math.Sqrt(1 - Math.Pow(_options.Beta2, step)), _options.Epsilon, rate / (1 - Math.Pow(_options.Beta1, step)));
    }

    private static void Host<T>(IEnumerable<Update> updates, Func<Update, HostTensors<T>> open)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var chunks = new List<(HostTensors<T> Tensors, int Start)>();
        foreach (HostTensors<T> tensors in updates.Select(open))
        {
            for (int start = 0; start < tensors.Count; start += AdamWKernel.Chunk)
                chunks.Add((tensors, start));
        }

        _ = Parallel.For(0, chunks.Count, i => chunks[i].Tensors.Step(chunks[i].Start));
    }

    private static void Device(Update[] updates, AdamWConstants c)
    {
        TorchTensor[] values = [.. updates.Select(u => u.Value)], gradients = [.. updates.Select(u => u.Gradient)];
        TorchTensor[] first = [.. updates.Select(u => u.State.FirstMoment)],
        second = [.. updates.Select(u => u.State.SecondMoment)];
        TorchTensor[] scaled = c.GradientScale == 1 ? gradients : ForEach.Mul(gradients, c.GradientScale);
        ForEach.Mul_(values, c.Keep);
        ForEach.Mul_(first, c.Beta1);
        ForEach.Add_(first, scaled, 1 - c.Beta1);
        ForEach.Mul_(second, c.Beta2);
        ForEach.AddCMul_(second, scaled, scaled, 1 - c.Beta2);
        TorchTensor[] roots = ForEach.Sqrt(second);
        ForEach.Div_(roots, c.RootCorrection);
        ForEach.Add_(roots, c.Epsilon);
        ForEach.AddCDiv_(values, first, roots, -c.StepSize);
    }

    // States outlive the step's scope.
    private static TorchTensor Zeros(TorchTensor like) => TorchScope.Detach(TorchTensor.ZerosLike(like.Detach()));

    private static TorchTensor Owned(TorchTensor source, TorchTensor like) => Zeros(like).Copy_(source);

    private void Drop(int index)
    {
        _states[index]?.FirstMoment.Dispose();
        _states[index]?.SecondMoment.Dispose();
        _states[index] = null;
    }

    private sealed record Update(TorchTensor Value, TorchTensor Gradient, AdamWState State, AdamWConstants Constants)
    {
        public bool IsOnHost =>
            Value.Device.IsCpu && Value.IsContiguous && Gradient.IsContiguous && State.FirstMoment.IsContiguous
            && Value.ScalarType == Gradient.ScalarType && Value.ScalarType is ScalarType.Float32 or ScalarType.Float64;
    }

    /// <summary>An update's memory, seen part by part from any thread.</summary>
    private sealed class HostTensors<T>(Update update)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public int Count { get; } = (int)update.Value.Count;

        public void Step(int start)
        {
            int length = Math.Min(AdamWKernel.Chunk, Count - start);
            AdamWKernel.Step(
                update.Value.AsSpan<T>().Slice(start, length), update.Gradient.AsSpan<T>().Slice(start, length),
                update.State.FirstMoment.AsSpan<T>().Slice(start, length),
                update.State.SecondMoment.AsSpan<T>().Slice(start, length), update.Constants);
        }
    }
}
