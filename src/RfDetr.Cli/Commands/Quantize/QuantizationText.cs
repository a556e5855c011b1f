using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>A quantization policy for people and for programs.</summary>
internal static class QuantizationText
{
    /// <summary>One line.</summary>
    public static string Summary(QuantizationPolicy policy)
    {
        string text = Text($"{policy.Blocks.Count(b => b.IsInt8)} of {policy.Blocks.Count} blocks, {policy.Int8Share:P0} of the arithmetic, activations of {policy.ActivationBits} bits by {Activations(policy)}");
        if (policy is { FloatPrecision: { } whole, Int8Precision: { } rest })
            text += Text($"; AP {100 * whole:0.00} in float, {100 * rest:0.00} so ({policy.Measured})");
        return text;
    }

    public static Table Blocks(QuantizationPolicy policy)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("block") { NoWrap = true });
        table.AddColumn(new TableColumn("AP cost") { NoWrap = true }.RightAligned());
        table.AddColumn(new TableColumn("runs in") { NoWrap = true });
        table.AddColumn(new TableColumn("share") { NoWrap = true }.RightAligned());
        foreach (QuantizedBlock block in policy.Blocks)
            table.AddRow(block.Name, block.Cost is { } cost ? Text($"{cost:0.00}") : "?", block.IsInt8 ? "int8" : "float", Text($"{block.Share:P1}"));
        table.AddRow("the rest", "", "float", Text($"{1 - policy.Blocks.Sum(b => b.Share):P1}"));
        return table;
    }

    public static void Write(Utf8JsonWriter json, QuantizationPolicy policy)
    {
        json.WriteStartObject();
        json.WriteString("activations", Activations(policy));
        json.WriteNumber("activation_bits", policy.ActivationBits);
        json.WriteString("measured", policy.Measured);
        Number(json, "float_ap", policy.FloatPrecision);
        Number(json, "int8_ap", policy.Int8Precision);
        Number(json, "budget", policy.Budget);
        json.WriteNumber("int8_share", policy.Int8Share);
        json.WriteNumber("calibration_pictures", policy.CalibrationImages);
        json.WriteString("calibration_sha256", policy.CalibrationDigest);
        json.WriteStartArray("blocks");
        foreach (QuantizedBlock block in policy.Blocks)
        {
            json.WriteStartObject();
            json.WriteString("name", block.Name);
            json.WriteBoolean("int8", block.IsInt8);
            Number(json, "ap_cost", block.Cost);
            json.WriteNumber("share", block.Share);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Activations(QuantizationPolicy policy) => policy.Activations == ActivationScales.Calibrated ? "calibrated range" : "row";

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
