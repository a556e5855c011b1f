using System.Collections.Concurrent;
using RfDetr.Graph;

namespace RfDetr.Cpu;

/// <summary>
/// A network compiled for the CPU: packed weights, a plan for each batch size in use, helper threads. Safe for many threads; results do not
/// depend on how many run at once, nor on the number of threads.
/// </summary>
public sealed class CpuNetwork : IDisposable
{
    private readonly NodeGraph _graph;
    private readonly WeightStore _weights;
    private readonly KernelSet _kernels;
    private readonly Lock _planning = new();
    private readonly List<PlanPool> _plans = [];
    private readonly bool _hasOpenBatch;
    private int _rented;
    private int _active;
    private volatile bool _disposed;

    private CpuNetwork(NetworkGraph graph, CpuOptions options)
    {
        Options = options;
        _kernels = KernelSet.For(options.InstructionSet, options.AssembleKernels, options.Int8?.ActivationBits ?? Int8Kernel.UsualBits);
        _weights = new WeightStore(_kernels, options.BFloat16Kernels);
        _graph = NodeGraph.From(CpuPasses.Run(graph));
        _hasOpenBatch = graph.Inputs.Any(i => !i.Shape.IsFixed);
        Team = new ThreadTeam(options.Threads, options.SpinMicroseconds, options.Cores);
    }

    /// <summary>The options with everything decided.</summary>
    public CpuOptions Options { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public long WeightBytes => _weights.Bytes;

    internal ThreadTeam Team { get; }

    /// <summary>Runs under way.</summary>
    internal ref int Active => ref _active;

    /// <summary>Compiles a recorded network.</summary>
    /// <param name="graph">As recorded; passes are run here. It may be let go afterwards.</param>
    /// <param name="options">Threads and instructions; null for the defaults.</param>
    /// <param name="batch">Batch size to compile at once, where the graph leaves it open; others follow on demand.</param>
    /// <exception cref="ArgumentException">The options are out of range, or ask for instructions this processor lacks.</exception>
    /// <exception cref="NotSupportedException">The graph has an operation without a kernel.</exception>
    public static CpuNetwork Compile(NetworkGraph graph, CpuOptions? options = null, int batch = 1)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var network = new CpuNetwork(graph, (options ?? new CpuOptions()).Validated());
        try
        {
            _ = network.PoolFor(batch);
            network._weights.Seal();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Takes an arena for runs of one batch size; give it back by disposing it.</summary>
    /// <param name="batch">Images; ignored where the graph says how many.</param>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public CpuRun Rent(int batch = 1)
    {
        _ = Interlocked.Increment(ref _rented);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            PlanPool pool = PoolFor(batch);
            if (!pool.Idle.TryTake(out CpuRun? run))
                run = new CpuRun(this, pool.Plan);
            return run;
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Steps, memory and sizes of the plan for a batch size.</summary>
    public PlanSummary Summarize(int batch = 1)
    {
        CpuPlan plan = PoolFor(batch).Plan;
        return new(plan.Batch, plan.Steps.Length, WeightBytes, plan.ArenaBytes, plan.RunBytes, plan.Steps.Sum(s => s.Operations));
    }

    /// <summary>The products by constant weights, in the order in which they run.</summary>
    public IReadOnlyList<ProductSummary> Products(int batch = 1) => PoolFor(batch).Plan.Products;

    /// <summary>Frees weights, arenas and threads, as soon as the last run has been given back.</summary>
    public void Dispose()
    {
        lock (_planning)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _ = Interlocked.Increment(ref _rented);
        Release();
    }

    internal void Return(CpuRun run)
    {
        lock (_planning)
        {
            PlanPool? pool = _plans.Find(p => p.Plan == run.Plan);
            if (pool is not null && !_disposed)
                pool.Idle.Add(run);
            else
                run.Free();
        }

        Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _rented) != 0 || !_disposed)
            return;
        lock (_planning)
        {
            foreach (PlanPool pool in _plans)
                pool.Drain();
            _plans.Clear();
        }

        Team.Dispose();
        _weights.Dispose();
    }

    private PlanPool PoolFor(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (!_hasOpenBatch)
            batch = 1;
        lock (_planning)
        {
            int known = _plans.FindIndex(p => p.Plan.Batch == batch);
            PlanPool pool = known >= 0 ? _plans[known] : new PlanPool(new Lowering(_graph, _weights, _kernels, Options, batch).Run());
            if (known == _plans.Count - 1 && known >= 0)
                return pool;
            if (known >= 0)
                _plans.RemoveAt(known);
            _plans.Add(pool); // the last one is the one used last
            if (_plans.Count > Options.CachedPlans)
            {
                _plans[0].Drain();
                _plans.RemoveAt(0);
            }

            return pool;
        }
    }

    private sealed class PlanPool(CpuPlan plan)
    {
        public CpuPlan Plan => plan;

        public ConcurrentBag<CpuRun> Idle { get; } = [];

        public void Drain()
        {
            while (Idle.TryTake(out CpuRun? run))
                run.Free();
        }
    }
}
