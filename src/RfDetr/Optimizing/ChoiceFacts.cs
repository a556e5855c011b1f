using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RfDetr.Onnx;

namespace RfDetr;

/// <summary>What a choice holds for: machine, software, model, and how it was loaded. Anything else is measured again.</summary>
internal static class ChoiceFacts
{
    /// <summary>One line <c>name: value</c> each.</summary>
    public static IReadOnlyList<string> Of(string model, CandidateFacts candidates, ModelCard card, OptimizeOptions optimize)
    {
        DetectorOptions options = candidates.Options;
        BenchmarkEnvironment machine = EnvironmentProbe.Look(OnnxVersion(options), options);
        List<string> facts =
        [
            $"processor: {machine.Processor}",
            Text($"cores: {candidates.Cores} physical, {machine.Cores} for this process"),
            $"instructions: {machine.Architecture}, {string.Join(' ', machine.InstructionSets)}",
            $"system: {machine.System}",
            $"runtime: {machine.Runtime}",
            $"library: {machine.Library}, {Build(typeof(Detector))}, {Build(typeof(Cpu.CpuNetwork))}",
            $"ONNX Runtime: {machine.Engine}",
            $"model: {Digest(model, options)}",
            Text($"input: {card.InputHeight}×{card.InputWidth}, precision {options.Precision}, batch {options.FixedBatch?.ToString(CultureInfo.InvariantCulture) ?? "any"}"),
            $"int8: {(options.Quantization is null ? "as the model says" : string.Join(' ', options.Quantization.Blocks.Where(b => b.IsInt8).Select(b => b.Name)))}",
            Text($"engine: {options.Engine}, threads {options.Threads}, providers {string.Join(' ', machine.Providers)}"),
            Text($"candidates: batches {string.Join(',', optimize.Batches)}, reduced precision {(optimize.AllowReducedPrecision ? "allowed" : "not allowed")}"),
            Text($"tolerance: {optimize.Tolerance}, reduced {optimize.ReducedPrecisionTolerance}"),
        ];
        facts.AddRange(machine.Variables.Select(v => $"{v.Key}: {v.Value}"));
        return facts;
    }

    /// <summary>A short name for facts, for a file.</summary>
    public static string Name(IReadOnlyList<string> facts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', facts))))[..32];

    private static string Digest(string model, DetectorOptions options) =>
        ModelFileDigest.Of(model, options.AcceptLicense).Sha256;

    // Not the version: two builds of one version may differ in speed.
    private static string Build(Type type) => type.Module.ModuleVersionId.ToString("N");

    private static string OnnxVersion(DetectorOptions options)
    {
        try
        {
            return OnnxRuntimePackage.Load(options.OnnxRuntimePath).Version;
        }
        catch (OnnxRuntimeException)
        {
            return "none";
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
