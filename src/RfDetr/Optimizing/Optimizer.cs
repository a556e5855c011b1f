using RfDetr.Cpu;

namespace RfDetr;

/// <summary>Makes a quicker detector out of a detector.</summary>
internal static class Optimizer
{
    public static Detector Run(Detector reference, string model, OptimizeOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var candidates = new CandidateFacts(
            reference.Options, reference.Model.Config is null, reference.HasFixedBatch, ProcessorCores.Physical, reference.Model.Quantization is not null, InstructionSets.HasBFloat16Products);
        IReadOnlyList<string> facts = ChoiceFacts.Of(model, candidates, reference.Model, options);
        var finder = new ChoiceFinder(ChoiceCache.At(options.CacheFolder), options, TimeProvider.System);
        Image[] drawn = options.Probes.Count == 0 ? ProbeImages.Draw() : [];
        try
        {
            IReadOnlyList<Image> probes = drawn.Length > 0 ? drawn : options.Probes;
            (OptimizationReport report, IContender? winner) = finder.Find(facts, candidates, new DetectorContenders(reference, candidates.Reference, probes), cancellationToken);
            Detector chosen = winner is DetectorContenders.Contender { Detector: { } measured } && measured != reference
                ? measured
                : reference.WithOptions(report.Chosen.ApplyTo(reference.Options));
            chosen.Optimization = report;
            return chosen;
        }
        finally
        {
            Array.ForEach(drawn, p => p.Dispose());
        }
    }
}
