using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RfDetr.Checkpoints;
using RfDetr.Cli.Framework;
using RfDetr.Model;
using RfDetr.Tensors;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr variants</c>: the published networks side by side.</summary>
internal static class VariantsCommand
{
    private sealed record Row(ModelConfig Config, long Parameters, HostedFile File, bool Downloaded)
    {
        public string Encoder => Config.EncoderWidth == 768 ? "ViT-B" : "ViT-S";
    }

    public static Command Create() => new Verb("variants", "List the published networks: size, license, and what is downloaded.", Run);

    private static Task<int> Run(CliContext context)
    {
        string folder = new DownloadOptions().ResolveFolder();
        Row[] rows = [.. Variants.All.Select(config => Describe(config, folder))];
        context.WriteJson(json => Write(json, rows));
        if (!context.WantsJson)
            Print(context.Human, rows);
        return Task.FromResult(ExitCodes.Done);
    }

    private static Row Describe(ModelConfig config, string folder)
    {
        HostedFile file = HostedWeights.Find(config.Variant);
        return new(config, CountParameters(config), file, File.Exists(Path.Combine(folder, file.FileName)));
    }

    private static long CountParameters(ModelConfig config)
    {
        var parameters = new ParameterList();
        _ = new RfDetrNetwork(new Weights(parameters, new ShapeBackend()), config);
        return parameters.Count + config.EncoderWidth; // the mask token: in every checkpoint, used by pre-training only
    }

    private static void Print(IAnsiConsole console, Row[] rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string heading in (string[])["variant", "task", "input", "parameters", "encoder", "patch", "decoder layers", "queries", "license", "downloaded"])
            table.AddColumn(new TableColumn(heading) { NoWrap = true });
        foreach (Row row in rows)
        {
            ModelConfig c = row.Config;
            table.AddRow(
                c.Variant, c.SegmentationHead ? "masks" : "boxes", $"{c.Resolution}×{c.Resolution}",
                (row.Parameters / 1e6).ToString("0.0 M", CultureInfo.InvariantCulture), row.Encoder, $"{c.PatchSize}", $"{c.DecoderLayers}",
                $"{c.NumQueries}", row.File.License.Id, row.Downloaded ? "yes" : "");
        }

        console.Write(table);
        console.WriteLine("Fetch one with: rfdetr download nano");
    }

    private static void Write(Utf8JsonWriter json, Row[] rows)
    {
        json.WriteStartObject();
        json.WriteStartArray("variants");
        foreach (Row row in rows)
        {
            ModelConfig c = row.Config;
            json.WriteStartObject();
            json.WriteString("name", c.Variant);
            json.WriteBoolean("masks", c.SegmentationHead);
            json.WriteNumber("resolution", c.Resolution);
            json.WriteNumber("size_divisor", c.SizeDivisor);
            json.WriteNumber("parameters", row.Parameters);
            json.WriteNumber("encoder_width", c.EncoderWidth);
            json.WriteNumber("patch_size", c.PatchSize);
            json.WriteNumber("num_windows", c.NumWindows);
            json.WriteNumber("decoder_layers", c.DecoderLayers);
            json.WriteNumber("num_queries", c.NumQueries);
            json.WriteNumber("num_select", c.NumSelect);
            json.WriteString("license", row.File.License.Id);
            json.WriteString("file", row.File.FileName);
            json.WriteString("note", row.File.Note);
            json.WriteBoolean("downloaded", row.Downloaded);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
