using RfDetr.Checkpoints;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// AdamW's state as <c>torch.optim.AdamW.state_dict()</c> has it: one group for each tensor, states by position.
/// </summary>
internal static class OptimizerState
{
    private const string StepKey = "step", FirstKey = "exp_avg", SecondKey = "exp_avg_sq";

    /// <summary>The state and the groups; <paramref name="factor"/> is the schedule's present one.</summary>
    public static PlainMap ToPlain(AdamW optimizer, OptimizerOptions options, double factor) => new(
    [
        new(
            "state",
            PlainMap.Of(
                optimizer.States.Select((s, i) => (i, s))
                    .Where(p => p.s is not null).Select(p => ((object)(long)p.i, (object?)One(p.s!))))),
        new("param_groups", optimizer.Tensors.Select(object? (t, i) => Group(t.Group, options, factor, i)).ToList()),
    ]);

    /// <summary>Takes over what <see cref="ToPlain"/> wrote.</summary>
    /// <exception cref="CheckpointFormatException">It is not the state of these tensors.</exception>
    public static void Restore(AdamW optimizer, object? stored, string fileName)
    {
        if (stored is not PlainMap map || !map.TryGet("state", out PlainMap? states))
            throw new CheckpointFormatException($"{fileName}: holds no optimizer state; use an older checkpoint of the run");
        using var scope = new TorchScope();
        foreach ((object key, object? value) in states)
        {
            if (key is not long index || index < 0 || index >= optimizer.Tensors.Count || value is not PlainMap one
                || !one.TryGet(StepKey, out StoredTensor? step)
                    || step.Count != 1 || !one.TryGet(FirstKey, out StoredTensor? first)
                    || !one.TryGet(SecondKey, out StoredTensor? second))
                throw new CheckpointFormatException(
                    $"{fileName}: the optimizer's state {key} is not AdamW's, or of no tensor that is trained; use an "
                        + $"older checkpoint of the run");
            try
            {
                optimizer.Restore(
                    new AdamWState(
                        optimizer.Tensors[(int)index].Name, (long)step.Load().ToSingles()[0], Tensor(first), Tensor(second)));
            }
            catch (ArgumentException e)
            {
                throw new CheckpointFormatException($"{fileName}: {e.Message}", e);
            }
        }
    }

    private static PlainMap One(AdamWState state) => new(
    [
        new(StepKey, HostTensor.Of([(float)state.Step])),
        new(FirstKey, HostCopies.Of(state.FirstMoment)),
        new(SecondKey, HostCopies.Of(state.SecondMoment)),
    ]);

    private static PlainMap Group(ParameterGroup group, OptimizerOptions options, double factor, int index) => new(
    [
        new("lr", group.LearningRate * factor), new("betas", new object[] { options.Beta1, options.Beta2 }),
        new("eps", options.Epsilon),
        new("weight_decay", group.WeightDecay), new("amsgrad", false), new("maximize", false), new("foreach", null),
        new("capturable", false),
        new("initial_lr", group.LearningRate), new("params", new List<object?> { (long)index }),
    ]);

    private static TorchTensor Tensor(StoredTensor stored)
    {
        HostTensor host = stored.Load();
        return TorchTensor.From(host.ToSingles(), [.. host.Shape.Select(s => (long)s)]);
    }
}
