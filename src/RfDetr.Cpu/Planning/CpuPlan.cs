namespace RfDetr.Cpu;

/// <summary>An input or output of a plan.</summary>
internal sealed record PlanValue(string Name, View View);

/// <summary>
/// A network compiled for one batch size: steps in order, and where everything lies in the arena. Immutable; shared by all runs.
/// </summary>
internal sealed class CpuPlan(
    int batch, int threads, Step[] steps, IReadOnlyList<PlanValue> inputs, IReadOnlyList<PlanValue> outputs, long arenaBytes,
    IReadOnlyList<Storage> storages,
    IReadOnlyList<ProductSummary> products)
{
    public int Batch => batch;

    public Step[] Steps => steps;

    public IReadOnlyList<PlanValue> Inputs => inputs;

    public IReadOnlyList<PlanValue> Outputs => outputs;

    /// <summary>Products by constant weights.</summary>
    public IReadOnlyList<ProductSummary> Products => products;

    /// <summary>Bytes for all values.</summary>
    public long ArenaBytes => arenaBytes;

    /// <summary>Storages that were placed in the arena.</summary>
    public IReadOnlyList<Storage> Storages => storages;

    /// <summary>Bytes of scratch for each thread.</summary>
    public int ScratchBytes { get; } = (
        steps.Select(s => s.ScratchBytes).DefaultIfEmpty(0).Max() + NativeBlock.Alignment - 1)
        / NativeBlock.Alignment * NativeBlock.Alignment;

    /// <summary>Bytes that each run allocates.</summary>
    public long RunBytes => arenaBytes + (long)threads * ScratchBytes;
}
