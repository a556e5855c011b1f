using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>
/// A network compiled for the CPU: packed weights, a plan for each batch size in use, helper threads. Safe for many threads;
/// results do not depend on how many run at once, nor on the number of threads.
/// </summary>
internal sealed class CpuNetwork : IDisposable
{
    private readonly NodeGraph _graph;
    private readonly WeightStore _weights;
    private readonly KernelSet _kernels;
    private readonly RunPool<CpuPlan, CpuRun> _pool;
    private readonly bool _hasOpenBatch;
    private int _active;

    private CpuNetwork(NetworkGraph graph, CpuOptions options)
    {
        Options = options;
        _kernels =
            KernelSet.For(options.InstructionSet, options.AssembleKernels, options.Int8?.ActivationBits ?? Int8Kernel.UsualBits);
        _weights = new WeightStore(_kernels, options.BFloat16Kernels);
        _graph = NodeGraph.From(CpuPasses.Run(graph));
        _hasOpenBatch = graph.Inputs.Any(i => !i.Shape.IsFixed);
        Team = new ThreadTeam(options.Threads, options.SpinMicroseconds, options.Cores);
        _pool = new(
            nameof(CpuNetwork), options.CachedPlans, batch => new Lowering(_graph, _weights, _kernels, Options, batch).Run(),
            plan => new CpuRun(this, plan), run => run.Free(), Close);
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
    /// <exception cref="ArgumentException">
    /// The options are out of range, or ask for instructions this processor lacks.
    /// </exception>
    /// <exception cref="NotSupportedException">The graph has an operation without a kernel.</exception>
    public static CpuNetwork Compile(NetworkGraph graph, CpuOptions? options = null, int batch = 1)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var network = new CpuNetwork(graph, (options ?? new CpuOptions()).Validated());
        try
        {
            _ = network.PlanFor(batch);
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
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return _pool.Rent(BatchOf(batch));
    }

    /// <summary>Steps, memory and sizes of the plan for a batch size.</summary>
    public PlanSummary Summarize(int batch = 1)
    {
        CpuPlan plan = PlanFor(batch);
        return new(plan.Batch, plan.Steps.Length, WeightBytes, plan.ArenaBytes, plan.RunBytes, plan.Steps.Sum(s => s.Operations));
    }

    /// <summary>The products by constant weights, in the order in which they run.</summary>
    public IReadOnlyList<ProductSummary> Products(int batch = 1) => PlanFor(batch).Products;

    /// <summary>Frees weights, arenas and threads, as soon as the last run has been given back.</summary>
    public void Dispose() => _pool.Dispose();

    internal void Return(CpuRun run) => _pool.Return(run.Plan, run);

    private void Close()
    {
        Team.Dispose();
        _weights.Dispose();
    }

    private CpuPlan PlanFor(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return _pool.PlanFor(BatchOf(batch));
    }

    // The graph may fix the number of images itself: then there is one plan.
    private int BatchOf(int batch) => _hasOpenBatch ? batch : 1;
}

/// <summary>The passes that a network goes through before plans are made of it.</summary>
internal static class CpuPasses
{
    public static NetworkGraph Run(NetworkGraph graph) =>
        Passes.OptimizeForKernels(Passes.Run(graph, new Decompose(op => op is not UpsampleConv2x2)));
}
