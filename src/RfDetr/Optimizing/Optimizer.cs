using RfDetr.Cpu;

namespace RfDetr;

/// <summary>Makes a quicker detector out of a detector.</summary>
internal static class Optimizer
{
    public static Detector Run(Detector reference, OptimizeOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var candidates = new CandidateFacts(
            reference.Engine, reference.Reference is ModelReference.Onnx, reference.HasFixedBatch, ProcessorCores.Physical,
            reference.Model.Quantization is not null, InstructionSets.HasBFloat16Products);
        IReadOnlyList<string> facts = ChoiceFacts.Of(reference, candidates, options);
        var finder = new ChoiceFinder(ChoiceCache.At(options.CacheFolder), options, TimeProvider.System);
        Image[] drawn = options.Probes.Count == 0 ? ProbeImages.Draw() : [];
        try
        {
            IReadOnlyList<Image> probes = drawn.Length > 0 ? drawn : options.Probes;
            (OptimizationReport report, IContender? winner) = finder.Find(
                facts, candidates, new DetectorContenders(reference, candidates.Reference, probes), cancellationToken);
            Detector chosen = winner is DetectorContenders.Contender { Detector: { } measured } && measured != reference
                ? measured
                : reference.WithEngine(report.Chosen.ToEngine(reference.Engine));
            chosen.Optimization = report;
            return chosen;
        }
        finally
        {
            Array.ForEach(drawn, p => p.Dispose());
        }
    }
}
