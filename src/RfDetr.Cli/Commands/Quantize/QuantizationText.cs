using RfDetr.Cli.Framework;
using static RfDetr.Invariant;

namespace RfDetr.Cli.Commands;

/// <summary>A quantization policy for people.</summary>
internal static class QuantizationText
{
    /// <summary>One line.</summary>
    public static string Summary(QuantizationPolicy policy)
    {
        string text = Text(
            $"{policy.Blocks.Count(b => b.IsInt8)} of {policy.Blocks.Count} blocks, {policy.Int8Share:P0} of the "
                + $"arithmetic, activations of {policy.ActivationBits} bits by {Activations(policy)}");
        if (policy is { FloatPrecision: { } whole, Int8Precision: { } rest })
            text += Text($"; AP {100 * whole:0.00} in float, {100 * rest:0.00} so ({policy.Measured})");
        return text;
    }

    public static TextTable Blocks(QuantizationPolicy policy)
    {
        TextTable table = new TextTable().AddColumn("block", narrow: Narrow.Wrap).AddNumbers("AP cost").AddColumn("runs in")
            .AddNumbers("share");
        foreach (QuantizedBlock block in policy.Blocks)
            table.AddRow(
                block.Name, block.Cost is { } cost ? Text($"{cost:0.00}") : "?", block.IsInt8 ? "int8" : "float",
                Text($"{block.Share:P1}"));
        table.AddRow("the rest", "", "float", Text($"{1 - policy.Blocks.Sum(b => b.Share):P1}"));
        return table;
    }

    /// <summary>The word for the scales of activations.</summary>
    public static string Activations(QuantizationPolicy policy) =>
        policy.Activations == ActivationScales.Calibrated ? "calibrated range" : "row";
}
