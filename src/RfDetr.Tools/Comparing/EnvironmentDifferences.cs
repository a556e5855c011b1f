using System.Globalization;

namespace RfDetr.Tools;

/// <summary>Finds what is not the same in two reports.</summary>
internal static class EnvironmentDifferences
{
    public static List<EnvironmentDifference> Find(BenchmarkReport a, BenchmarkReport b)
    {
        var found = new List<EnvironmentDifference>();
        BenchmarkEnvironment x = a.Environment, y = b.Environment;
        void Add(string name, object? left, object? right, bool blocks)
        {
            (string p, string q) = (Text(left), Text(right));
            if (p != q)
                found.Add(new(name, p, q, blocks));
        }

        // Another machine, other images or another way of measuring: the times answer different questions.
        Add("processor", x.Processor, y.Processor, blocks: true);
        Add("cores", x.Cores, y.Cores, blocks: true);
        Add("architecture", x.Architecture, y.Architecture, blocks: true);
        Add("instruction sets", string.Join(' ', x.InstructionSets), string.Join(' ', y.InstructionSets), blocks: true);
        Add("images", a.Images.Sha256, b.Images.Sha256, blocks: true);
        Add("pause (ms)", a.Options.PauseMs, b.Options.PauseMs, blocks: true);
        Add("drawing", a.Options.Draw, b.Options.Draw, blocks: true);
        Add("score threshold", a.Options.ScoreThreshold, b.Options.ScoreThreshold, blocks: true);

        // These may be what is compared.
        Add("system", x.System, y.System, blocks: false);
        Add("memory (bytes)", x.MemoryBytes, y.MemoryBytes, blocks: false);
        Add("runtime", x.Runtime, y.Runtime, blocks: false);
        Add("collector", x.Collector, y.Collector, blocks: false);
        Add("rfdetr", x.Library, y.Library, blocks: false);
        Add("engine", x.Engine, y.Engine, blocks: false);
        Add("providers", string.Join(' ', x.Providers), string.Join(' ', y.Providers), blocks: false);
        Add("threads", x.Threads, y.Threads, blocks: false);
        Add("spinning", x.Spinning, y.Spinning, blocks: false);
        Add("decoder", x.Decoder, y.Decoder, blocks: false);
        Add("variables", Variables(x), Variables(y), blocks: false);
        Add("model", a.Model.Name, b.Model.Name, blocks: false);
        Add("model's SHA-256", a.Model.Sha256, b.Model.Sha256, blocks: false);
        Add("variant", a.Model.Variant, b.Model.Variant, blocks: false);
        Add("precision", a.Model.Precision, b.Model.Precision, blocks: false);
        Add("input size", Size(a.Model), Size(b.Model), blocks: false);
        Add("resize rule", a.Model.ResizeRule, b.Model.ResizeRule, blocks: false);
        Add("candidates", a.Model.NumSelect, b.Model.NumSelect, blocks: false);
        return found;
    }

    private static string Size(BenchmarkModel model) =>
        string.Create(CultureInfo.InvariantCulture, $"{model.InputHeight}×{model.InputWidth}");

    private static string Variables(BenchmarkEnvironment e) =>
        string.Join(' ', e.Variables.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}"));

    private static string Text(object? value) =>
        Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "none";
}
