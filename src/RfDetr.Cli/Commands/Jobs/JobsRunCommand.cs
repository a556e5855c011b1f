using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr jobs run SOURCE…</c>: a job from its beginning to its end on this machine; again to go on.</summary>
internal sealed class JobsRunCommand
{
    private readonly JobSubmitArguments _submit = new();
    private readonly OptimizeArguments _optimize = new();
    private readonly JobWorkerArguments _worker = new();
    private readonly JobPlaceArguments _place = new();
    private readonly Option<bool> _report = JobReportPage.Option("At the end,");

    public static Command Create()
    {
        var c = new JobsRunCommand();
        return new Verb(
            "run",
            "Submit a job and work on it here, without a broker; the same command goes on where it was stopped. Exit "
            + "codes: 0 every image of this share has a row; 1 the work failed, nothing is lost; 2 wrong use; 130 and 143 "
            + "stopped by a signal.",
            c.RunAsync, [.. c._submit.All, .. c._optimize.All, .. c._worker.All, c._place.Results, c._report]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        RunOptions options = _worker.Run(context);
        _ = _optimize.Wanted(context);
        bool report = context.Get(_report);
        if (report && options.Share != ShardShare.All)
            throw new ArgumentException("--report is about a whole job; after all --shards are done, 'jobs report' writes it");
        await using Destination destination =
            await _place.OpenAsync(context, _submit.Output(context)).ConfigureAwait(false);
        (Submitted submitted, Detector detector) = await _submit.SubmitAsync(
            context, destination, _optimize).ConfigureAwait(false);
        using (detector)
        {
            JobStatus status = await JobWorkRun.RunAsync(context, destination, submitted.Job, detector, null, options)
                .ConfigureAwait(false);
            if (report)
                await ReportAsync(context, destination, submitted.Job, status).ConfigureAwait(false);
            return ExitCodes.Done;
        }
    }

    private static async Task ReportAsync(CliContext context, Destination destination, JobDefinition job, JobStatus status)
    {
        await using IShardResults results = await destination.OpenResults(job, context.Cancellation).ConfigureAwait(false);
        _ = await JobReportPage.WriteAsync(context, destination, job, results, status).ConfigureAwait(false);
        JobReportPage.Tell(context, destination);
    }
}
