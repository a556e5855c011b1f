using System.CommandLine;
using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Cli.Documents;
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

    public static Command Create() =>
        new Verb("variants", "List the published networks: size, license, and what is downloaded.", Run);

    private static Task<int> Run(CliContext context)
    {
        string folder = new DownloadOptions().ResolveFolder();
        Row[] rows = [.. Variants.All.Select(config => Describe(config, folder))];
        context.WriteJson(CliJson.Default.VariantsDocument, () => new VariantsDocument([.. rows.Select(Document)]));
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
        TextTable table = new TextTable()
            .AddColumn("variant").AddColumn("task").AddColumn("input", right: true).AddColumn("params", right: true)
            .AddColumn("encoder").AddColumn("queries", right: true).AddColumn("license").AddColumn("here");
        foreach (Row row in rows)
        {
            ModelConfig c = row.Config;
            table.AddRow(
                c.Variant, c.SegmentationHead ? "masks" : "boxes", $"{c.Resolution}²",
                (row.Parameters / 1e6).ToString("0.0 M", CultureInfo.InvariantCulture), $"{row.Encoder}/{c.PatchSize}",
                $"{c.NumQueries}", row.File.License.Id, row.Downloaded ? "yes" : "");
        }

        console.Write(table);
        console.WriteLine();
        console.WriteLine("Fetch one with: rfdetr download nano");
    }

    private static VariantDocument Document(Row row)
    {
        ModelConfig c = row.Config;
        return new(
            c.Variant, c.SegmentationHead, c.Resolution, c.SizeDivisor, row.Parameters, c.EncoderWidth, c.PatchSize, c.NumWindows,
            c.DecoderLayers,
            c.NumQueries, c.NumSelect, row.File.License.Id, row.File.FileName, row.File.Note, row.Downloaded);
    }
}
