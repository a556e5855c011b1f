using RfDetr.Onnx;

namespace RfDetr;

/// <summary>Facts that are known before anything is measured.</summary>
/// <param name="Engine">Engine that the unoptimized detector was loaded with; what it says by name stays as it is.</param>
/// <param name="IsOnnxFile">True for a file that ONNX Runtime alone can run, in the precision it has.</param>
/// <param name="HasFixedBatch">True if the model runs batches of one size only.</param>
/// <param name="Cores">Physical cores this process may use.</param>
/// <param name="HasPolicy">True if the model says which of its products may be in int8.</param>
/// <param name="HasBFloat16">True if our own engine can multiply bfloat16 here.</param>
internal sealed record CandidateFacts(
    Engine Engine, bool IsOnnxFile, bool HasFixedBatch, int Cores, bool HasPolicy = false, bool HasBFloat16 = false)
{
    public EngineChoice Reference => EngineChoice.Of(Engine, IsOnnxFile, Cores, HasPolicy);
}

/// <summary>Lists what is worth measuring, the safest first: of two that are equally quick the earlier one is taken.</summary>
internal static class Candidates
{
    /// <summary>Engines, precisions, threads and spinning; without what the unoptimized detector does already.</summary>
    public static IReadOnlyList<EngineChoice> Engines(CandidateFacts facts, OptimizeOptions options) =>
    [
        .. from precision in Precisions(facts, options)
           from threads in Threads(facts)
           from engine in EngineKinds(facts, precision)
           from spinning in engine == EngineKind.OnnxRuntime && threads > 1 ? s_offAndOn : s_off
           let choice = new EngineChoice(engine, precision, threads, spinning)
           where choice != facts.Reference
           select choice,
    ];

    /// <summary>Batch sizes for what was chosen.</summary>
    public static IEnumerable<EngineChoice> Batches(EngineChoice chosen, CandidateFacts facts, OptimizeOptions options) =>
        facts.HasFixedBatch
            ? []
            : options.Batches.Where(b => b != chosen.Batch).Distinct().Order().Select(b => chosen with { Batch = b });

    private static readonly bool[] s_off = [false], s_offAndOn = [false, true];

    private static IEnumerable<ExportPrecision> Precisions(CandidateFacts facts, OptimizeOptions options)
    {
        ExportPrecision own = facts.Reference.Precision;
        yield return own;
        if (!options.AllowReducedPrecision || facts.IsOnnxFile || own != ExportPrecision.Float32)
            yield break;

        // On the CPU ONNX Runtime widens every float16 product to float32 and back: only accelerators gain.
        if (HasAccelerator(facts))
            yield return ExportPrecision.Float16;
        if (facts.HasBFloat16)
            yield return ExportPrecision.BFloat16;
        if (facts.HasPolicy)
            yield return ExportPrecision.Int8;
    }

    private static IEnumerable<EngineKind> EngineKinds(CandidateFacts facts, ExportPrecision precision)
    {
        if (facts.Engine is Engine.Automatic or Engine.OnnxRuntime && precision != ExportPrecision.BFloat16)
            yield return EngineKind.OnnxRuntime;
        if (facts.Engine is Engine.Automatic or Engine.Cpu && !facts.IsOnnxFile && precision != ExportPrecision.Float16)
            yield return EngineKind.Cpu;
    }

    // Large machines: the network does not scale to all cores, but a quarter of them is surely not too many.
    private static IEnumerable<int> Threads(CandidateFacts facts) => facts.Engine.Threads > 0
        ? [facts.Engine.Threads]
        : ((int[])[facts.Cores, facts.Cores / 2, facts.Cores / 4]).Where(t => t >= 1).Distinct();

    private static bool HasAccelerator(CandidateFacts facts) =>
        (facts.Engine as Engine.OnnxRuntime)?.Providers.Any(p =>
            !p.Name.StartsWith("cpu", StringComparison.OrdinalIgnoreCase)) == true;
}
