using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr jobs report DEST</c>: the results as a page, and in other formats.</summary>
internal sealed class JobsReportCommand
{
    private readonly JobPlaceArguments _place = new();
    private readonly Option<string[]> _formats = OptionsOf.Choices(
        "--format", "Also collect the results in this format; may be repeated.", "jsonl", "coco", "parquet");
    private readonly Option<string?> _output = OptionsOf.OutputFolder(
        "--output", "DIR", "Folder for collected results (default DEST where it is a folder, else out/jobs/NAME).");
    private readonly Option<ShardShare?> _shards = OptionsOf.Make<ShardShare?>(
        "--shards", "I/N", "With --format: collect every N-th shard from the I-th on, and write no page.",
        text => ShardShare.Parse(text));

    public static Command Create()
    {
        var c = new JobsReportCommand();
        return new Verb(
            "report",
            "Write a page about a job (classes, sizes, failed and slow images, workers) into its destination, and collect "
            + "its results in other formats.",
            c.RunAsync, [c._place.Destination, c._place.Results, c._formats, c._output, c._shards]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string[] formats = [.. (context.Get(_formats) ?? []).Distinct()];
        ShardShare? share = context.Get(_shards);
        if (formats.Length == 0 && (share is not null || context.Get(_output) is not null))
            throw new ArgumentException($"{(share is not null ? "--shards" : "--output")} belongs to --format, which is missing");
        await using Destination destination = await _place.OpenAsync(context).ConfigureAwait(false);
        JobDefinition job = await JobDefinition.OpenAsync(destination.Files, context.Cancellation).ConfigureAwait(false);
        await using IShardResults results = await destination.OpenResults(job, context.Cancellation).ConfigureAwait(false);
        JobStatus status = await JobStatus.OfAsync(destination.Files, results, job, context.Cancellation).ConfigureAwait(false);
        var files = new List<ExportedFile>();
        string folder = context.Get(_output) ?? (destination.Files is FolderFiles ? context.Get(_place.Destination)
            : Path.Combine("out", "jobs", job.Name));
        foreach (string format in formats)
        {
            files.AddRange(await context.WithProgressAsync($"writing {format}", _ => JobExport.RunAsync(
                job, results, Enum.Parse<JobFormat>(format, ignoreCase: true), folder, share ?? ShardShare.All,
                context.Cancellation)).ConfigureAwait(false));
        }

        JobTally? tally = share is null
            ? await JobReportPage.WriteAsync(context, destination, job, results, status).ConfigureAwait(false)
            : null;
        context.WriteJson(
            CliJson.Default.JobReportDocument, () => JobReportDocument.Of(status, tally, files));
        context.Human.WriteLine(JobStatusText.Line(status));
        if (tally is not null)
            JobReportPage.Tell(context, destination);
        foreach (ExportedFile file in files)
        {
            string entries = Invariant.Plural(file.Entries, "entry", "entries");
            context.Human.MarkupLineInterpolated($"{entries} in [green]{file.Path}[/]");
        }

        if (!status.IsComplete)
            context.Warn("not all images have a row yet: these are the results so far");
        return ExitCodes.Done;
    }
}
