using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Cli.Framework;
using RfDetr.Onnx;
using Spectre.Console;
using static RfDetr.Invariant;

namespace RfDetr.Cli.Commands;

/// <summary>A model inspection for people.</summary>
internal static class InspectionText
{
    public const string UnknownClasses = "unknown: pass --class-names";

    public static void Print(IAnsiConsole console, ModelInspection m, bool tensors)
    {
        TextTable facts = new TextTable().AddColumn("").AddColumn("", narrow: Narrow.Wrap);
        foreach ((string name, string value) in Facts(m))
            facts.AddRow(Markup.Escape(name), Markup.Escape(value));
        console.Write(facts);
        foreach (TextTable table in Tables(m, tensors))
        {
            console.WriteLine();
            console.Write(table);
        }

        foreach (string warning in m.Warnings)
            console.MarkupLineInterpolated($"[yellow]warning:[/] {warning}");
    }

    private static IEnumerable<TextTable> Tables(ModelInspection m, bool tensors)
    {
        if (m.Parts.Count > 0)
            yield return Parts(m);
        if (m.Classes is { } classes)
            yield return Classes(classes);
        if (tensors)
            yield return Tensors(m);
    }

    private static IEnumerable<(string Name, string Value)> Facts(ModelInspection m)
    {
        yield return ("file", m.File);
        yield return ("container", Text($"{m.Container}, {m.Bytes / 1e6:0.0} MB"));
        yield return ("variant", m.Variant);
        if (m.Parameters is { } parameters)
            yield return ("parameters", Text($"{parameters:#,0} in {m.Tensors.Count} tensors"));
        if (m.Input is { } input)
            yield return ("input", Text($"{input.Height}×{input.Width} pixels"));
        yield return ("resize", $"{m.ResizeRule} ({m.ResizeSource})");
        if (m.Config is { } c)
        {
            yield return (
                "encoder",
                Text(
                    $"width {c.EncoderWidth}, {c.EncoderDepth} layers, patch {c.PatchSize}, "
                        + $"{c.NumWindows}×{c.NumWindows} windows, position table {c.PositionalEncodingSize}²"));
            yield return (
                "projector", $"P{string.Join(", P", c.ProjectorLevels)} from layers {string.Join(", ", c.OutFeatureIndexes)}");
            yield return (
                "decoder",
                Text(
                    $"width {c.HiddenDim}, {c.DecoderLayers} layers, {c.NumQueries} queries in {c.GroupDetr} groups, "
                        + $"heads {c.SelfAttentionHeads}/{c.CrossAttentionHeads}, {c.DecoderPoints} points"));
            yield return (
                "outputs", Text($"{c.ClassLogits} logits{(c.SegmentationHead ? ", masks" : "")}, {c.NumSelect} selected"));
        }

        if (m.Onnx is { } onnx)
        {
            yield return ("producer", $"{onnx.ProducerName} {onnx.ProducerVersion}");
            string sets = string.Join(
                ", ", onnx.OperatorSets.Select(o => Text($"{(o.Key.Length == 0 ? "ai.onnx" : o.Key)} {o.Value}")));
            yield return ("operators", Text($"{onnx.NodeCount} nodes, {onnx.ConstantCount} constants, opset {sets}"));
            foreach (OnnxValueInfo value in onnx.Inputs)
                yield return ("input", value.ToString());
            foreach (OnnxValueInfo value in onnx.Outputs)
                yield return ("output", value.ToString());
        }

        if (m.Quantization is { } policy)
            yield return ("int8", QuantizationText.Summary(policy));
        yield return (
            "classes",
            m.Classes is { } classes
                ? Text($"{classes.Entries.Count} of {classes.ClassLogits} logits named; {classes.Source}")
                : UnknownClasses);
        yield return ("license", m.License ?? "unknown");
        if (m.BestThreshold is { } threshold)
            yield return (
                "best threshold",
                string.Create(CultureInfo.InvariantCulture, $"{threshold:0.00} (best macro F1 when the weights were evaluated)"));
        if (m.Container != "Onnx")
            yield return ("EMA weights", m.HasEma ? "yes (take them with --ema)" : "no");
        yield return ("SHA-256", m.Digests.Sha256);
        yield return (
            "MD5",
            m.Digests.Md5 + (m.Hosted is { } hosted ? $" = published {hosted.FileName}" : " (none of the published weights)"));
        if (m.Args.Count > 0)
            yield return ("arguments", string.Join(", ", m.Args.Select(a => $"{a.Key}={Short(a.Value)}")));
    }

    private static TextTable Parts(ModelInspection m)
    {
        TextTable table = new TextTable().AddColumn("part").AddNumbers("tensors", "parameters");
        foreach (InspectedPart part in m.Parts)
            table.AddRow(part.Name, Text($"{part.Tensors}"), Text($"{part.Values:#,0}"));
        return table;
    }

    // The training index is the logit's: rf-detr's targets count logits.
    private static TextTable Classes(ClassMap classes)
    {
        TextTable table = new TextTable().AddNumbers("data set id", "training index", "logit", "output id")
            .AddColumn("name", narrow: Narrow.Wrap);
        foreach (ClassEntry entry in classes.Entries)
        {
            string label = Text($"{entry.Label}");
            table.AddRow(entry.DatasetId is { } id ? Text($"{id}") : "?", label, label, label, Markup.Escape(entry.Name));
        }

        return table;
    }

    private static TextTable Tensors(ModelInspection m)
    {
        TextTable table = new TextTable().AddColumn("tensor", narrow: Narrow.Wrap).AddColumn("type").AddColumn("shape");
        foreach (InspectedTensor tensor in m.Tensors)
            table.AddRow(Markup.Escape(tensor.Name), tensor.ElementType, Markup.Escape($"[{string.Join(", ", tensor.Shape)}]"));
        return table;
    }

    private static string Short(object? value) => value switch
    {
        null => "None",
        string text => text.Length > 40 ? text[..40] + "…" : text,
        PlainMap map => Text($"{{{map.Count}}}"),
        IReadOnlyList<object?> list => list.Count > 8 ? Text($"[{list.Count}]") : $"[{string.Join(", ", list.Select(Short))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
