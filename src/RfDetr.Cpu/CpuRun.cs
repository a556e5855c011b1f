using System.Diagnostics;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>
/// Memory of one run at a time: inputs, outputs and everything between. For one thread at a time; dispose it to give it back.
/// </summary>
internal sealed unsafe class CpuRun : IDisposable
{
    private readonly CpuNetwork _network;
    private readonly NativeBlock _block;
    private readonly nint _arena, _scratch;

    internal CpuRun(CpuNetwork network, CpuPlan plan)
    {
        (_network, Plan) = (network, plan);
        _block = new NativeBlock(plan.RunBytes);
        _arena = (nint)_block.Data;
        _scratch = _arena + (nint)plan.ArenaBytes;
        Inputs = [.. plan.Inputs.Select(v => new CpuTensor(this, v))];
        Outputs = [.. plan.Outputs.Select(v => new CpuTensor(this, v))];
    }

    /// <summary>Inputs to fill before <see cref="Execute(CancellationToken)"/>; kept by it.</summary>
    public IReadOnlyList<CpuTensor> Inputs { get; }

    /// <summary>
    /// Results that <see cref="Execute(CancellationToken)"/> fills, in the order of the graph: outputs, then stages.
    /// </summary>
    public IReadOnlyList<CpuTensor> Outputs { get; }

    internal CpuPlan Plan { get; }

    internal nint Arena => _arena;

    /// <summary>Finds an input or output.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public CpuTensor this[string name] => Inputs.Concat(Outputs).FirstOrDefault(t => t.Name == name)
        ?? throw new ArgumentException(
            $"the network has no input or output '{name}'; it has "
                + $"{string.Join(", ", Inputs.Concat(Outputs).Select(t => t.Name))}",
            nameof(name));

    /// <summary>Runs the network. Nothing is allocated.</summary>
    /// <exception cref="OperationCanceledException">Canceled between two steps.</exception>
    public void Execute(CancellationToken cancellationToken = default) => Execute(null, cancellationToken);

    /// <summary>Runs the network and measures its steps.</summary>
    /// <param name="rounds">Runs, at least 1; the median of each step counts.</param>
    /// <returns>Times by kind of step, longest first.</returns>
    public IReadOnlyList<StepTime> Profile(int rounds = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        long[][] ticks = [.. Enumerable.Range(0, rounds).Select(_ => new long[Plan.Steps.Length])];
        foreach (long[] round in ticks)
            Execute(round, CancellationToken.None);
        return [.. Plan.Steps
            .Select((step, i) => (step.Kind, step.Operations, Ticks: ticks.Select(t => t[i]).Order().ElementAt(rounds / 2)))
            .GroupBy(s => s.Kind)
            .Select(g =>
                new StepTime(
                    g.Key, g.Count(), g.Sum(s => s.Ticks) * 1000.0 / Stopwatch.Frequency, g.Sum(s => s.Operations) / 1e9))
            .OrderByDescending(s => s.Ms)];
    }

    /// <summary>Gives the memory back to the network for another run.</summary>
    public void Dispose() => _network.Return(this);

    internal void Free() => _block.Dispose();

    private void Execute(long[]? ticks, CancellationToken cancellationToken)
    {
        ThreadTeam team = _network.Team;
        _ = Interlocked.Increment(ref _network.Active);
        bool owns = false;
        try
        {
            for (int i = 0; i < Plan.Steps.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long start = ticks is null ? 0 : Stopwatch.GetTimestamp();
                Step step = Plan.Steps[i];
                // With as many callers as threads, each is quickest by itself.
                bool share = step.Tasks > 1
                    && Volatile.Read(ref _network.Active) < team.Threads && (owns || (owns = team.TryEnter()));
                if (share)
                    team.Run(step, _arena, _scratch, Plan.ScratchBytes);
                else
                    RunAlone(step);
                if (ticks is not null)
                    ticks[i] = Stopwatch.GetTimestamp() - start;
            }
        }
        finally
        {
            if (owns)
                team.Exit();
            _ = Interlocked.Decrement(ref _network.Active);
        }
    }

    private void RunAlone(Step step)
    {
        var context = new TaskContext(_arena, _scratch);
        for (int task = 0; task < step.Tasks; task++)
            step.Execute(task, context);
    }
}

/// <summary>An input or output of a run, dense and row-major.</summary>
internal sealed unsafe class CpuTensor
{
    private readonly CpuRun _run;
    private readonly View _view;

    internal CpuTensor(CpuRun run, PlanValue value) => (_run, _view, Name) = (run, value.View, value.Name);

    /// <summary>Name in the graph.</summary>
    public string Name { get; }

    /// <summary>Element type: float32 or int64.</summary>
    public DType DType => _view.DType;

    /// <summary>Sizes, outermost first.</summary>
    public IReadOnlyList<int> Shape => _view.Sizes;

    /// <summary>The elements; valid until the run is given back.</summary>
    public Span<float> Floats => DType == DType.Float32 ? new(_view.Storage.At((byte*)_run.Arena), _view.Count)
        : throw new InvalidOperationException($"'{Name}' holds {DType} values");

    /// <summary>The elements of indices; valid until the run is given back.</summary>
    public Span<long> Indices => DType == DType.Int64 ? new(_view.Storage.At((byte*)_run.Arena), _view.Count)
        : throw new InvalidOperationException($"'{Name}' holds {DType} values");
}
