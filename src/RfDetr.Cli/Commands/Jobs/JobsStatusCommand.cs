using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr jobs status DEST</c>: how far a job has come, from its results.</summary>
internal sealed class JobsStatusCommand
{
    private readonly JobPlaceArguments _place = new();
    private readonly Option<bool> _watch = OptionsOf.Flag(
        "--watch", "Look again until all is done: a bar on a terminal, lines elsewhere, a document per line with --json.");
    private readonly Option<TimeSpan?> _every =
        Times.Option("--every", "With --watch: time between two looks (default 5).", zero: false);
    private readonly Option<bool> _report = JobReportPage.Option("With --watch: at the end,");

    public static Command Create()
    {
        var c = new JobsStatusCommand();
        return new Verb(
            "status", "Show how far a job has come: done, failed, dead, rate, time left. Exit code 1 while images lack a row.",
            c.RunAsync, [c._place.Destination, c._place.Results, c._watch, c._every, c._report]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        if (context.Get(_every) is not null && !context.Get(_watch))
            throw new ArgumentException("--every belongs to --watch, which is missing");
        if (context.Get(_report) && !context.Get(_watch))
            throw new ArgumentException("--report belongs to --watch, which is missing; 'jobs report' writes the page at once");
        await using Destination destination = await _place.OpenAsync(context).ConfigureAwait(false);
        JobDefinition job = await JobDefinition.OpenAsync(destination.Files, context.Cancellation).ConfigureAwait(false);
        await using IShardResults results = await destination.OpenResults(job, context.Cancellation).ConfigureAwait(false);
        Task<JobStatus> Look() => JobStatus.OfAsync(destination.Files, results, job, context.Cancellation);
        if (context.Get(_watch))
        {
            JobStatus last = await WatchAsync(context, Look).ConfigureAwait(false);
            if (context.Get(_report))
            {
                _ = await JobReportPage.WriteAsync(context, destination, job, results, last).ConfigureAwait(false);
                JobReportPage.Tell(context, destination);
            }

            return last.IsComplete ? ExitCodes.Done : ExitCodes.Failed;
        }

        JobStatus status = await Look().ConfigureAwait(false);
        context.WriteJson(CliJson.Default.JobStatusDocument, () => JobStatusDocument.Of(status));
        context.Human.WriteLine(JobStatusText.Line(status));
        return status.IsComplete ? ExitCodes.Done : ExitCodes.Failed;
    }

    private async Task<JobStatus> WatchAsync(CliContext context, Func<Task<JobStatus>> look)
    {
        TimeSpan every = context.Get(_every) ?? TimeSpan.FromSeconds(5);
        using JsonTarget? json = context.OpenGrowingJson();
        JobStatus last = await context.WithProgressAsync("working", async bar =>
        {
            while (true)
            {
                JobStatus status = await look().ConfigureAwait(false);
                json?.WriteLine(JobStatusDocument.Of(status), CliJson.Default.JobStatusDocument);
                if (bar.IsVisible)
                    bar.Report(status.ImagesDone, status.Images, JobStatusText.Line(status));
                else
                    context.Human.WriteLine(JobStatusText.Line(status));
                if (status.ShardsDone + status.ShardsDead >= status.Shards)
                    return status;
                await Task.Delay(every, context.Cancellation).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        json?.Complete();
        return last;
    }
}
