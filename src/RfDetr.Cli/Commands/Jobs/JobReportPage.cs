using System.CommandLine;
using System.Text;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>Writes the page about a job into its destination.</summary>
internal static class JobReportPage
{
    /// <summary>The option of verbs that wait for the end of a job.</summary>
    public static Option<bool> Option(string when) => OptionsOf.Flag(
        "--report", $"{when} write a page about the job into its destination, as 'jobs report' does.");

    /// <summary>Reads all results and writes the page.</summary>
    public static async Task<JobTally> WriteAsync(
        CliContext context, Destination destination, JobDefinition job, IShardResults results, JobStatus status)
    {
        JobTally tally = await context.WithProgressAsync("reading results", bar => JobTally.OfAsync(
            results, new ActionProgress<long>(n => bar.Report(n, status.ImagesDone)),
            context.Cancellation)).ConfigureAwait(false);
        byte[] page = Encoding.UTF8.GetBytes(JobPage.Of(job, status, tally).ToHtml());
        await destination.Files.ReplaceAsync(JobPage.File, page, context.Cancellation).ConfigureAwait(false);
        return tally;
    }

    /// <summary>Says where the page is.</summary>
    public static void Tell(CliContext context, Destination destination) =>
        context.Human.MarkupLineInterpolated($"report in [green]{destination.Files.Name}/{JobPage.File}[/]");
}
