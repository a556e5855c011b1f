using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RfDetr.Onnx;
using static RfDetr.Invariant;

namespace RfDetr;

/// <summary>
/// Facts that a choice depends on: machine, software, model, and how it was loaded. Anything else is measured again.
/// </summary>
internal static class ChoiceFacts
{
    /// <summary>One line <c>name: value</c> each.</summary>
    public static IReadOnlyList<string> Of(Detector detector, CandidateFacts candidates, OptimizeOptions optimize)
    {
        (ModelInfo card, ModelOptions options, Engine engine) = (detector.Model, detector.Options, candidates.Engine);
        BenchmarkEnvironment machine = EnvironmentProbe.Look(OnnxVersion(engine), engine);
        List<string> facts =
        [
            $"processor: {machine.Processor}",
            Text($"cores: {candidates.Cores} physical, {machine.Cores} for this process"),
            $"instructions: {machine.Architecture}, {string.Join(' ', machine.InstructionSets)}",
            $"system: {machine.System}",
            $"runtime: {machine.Runtime}",
            $"library: {machine.Library}, {Build(typeof(Detector))}, {Build(typeof(Cpu.CpuNetwork))}",
            $"ONNX Runtime: {machine.Engine}",
            $"model: {ModelFileDigest.Of(detector.Reference, options.AcceptLicense).Sha256}, {options.Weights}",
            Text(
                $"input: {card.InputHeight}×{card.InputWidth}, precision {candidates.Reference.Precision}, batch "
                    + $"{engine.FixedBatch?.ToString(CultureInfo.InvariantCulture) ?? "any"}"),
            $"int8: {Int8(options.Quantization)}",
            Text($"engine: {engine.GetType().Name}, threads {engine.Threads}, providers {string.Join(' ', machine.Providers)}"),
            Text(
                $"candidates: batches {string.Join(',', optimize.Batches)}, reduced precision "
                    + $"{(optimize.AllowReducedPrecision ? "allowed" : "not allowed")}"),
            Text($"tolerance: {optimize.Tolerance}, reduced {optimize.ReducedPrecisionTolerance}"),
        ];
        facts.AddRange(machine.Variables.Select(v => $"{v.Key}: {v.Value}"));
        return facts;
    }

    /// <summary>A short name for facts, for a file.</summary>
    public static string Name(IReadOnlyList<string> facts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', facts))))[..32];

    private static string Int8(QuantizationPolicy? policy) => policy is null
        ? "as the model says"
        : string.Join(' ', policy.Blocks.Where(b => b.IsInt8).Select(b => b.Name));

    // Not the version: two builds of one version may differ in speed.
    private static string Build(Type type) => type.Module.ModuleVersionId.ToString("N");

    private static string OnnxVersion(Engine engine)
    {
        try
        {
            return OnnxRuntimePackage.Load((engine as Engine.OnnxRuntime)?.LibraryPath).Version;
        }
        catch (OnnxRuntimeException)
        {
            return "none";
        }
    }
}
