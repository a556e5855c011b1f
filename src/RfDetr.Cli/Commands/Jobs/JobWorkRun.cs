using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>A worker on the command line: signs of life, a summary, an exit code for supervisors.</summary>
internal static class JobWorkRun
{
    /// <summary>Works to the end, says what was done, and returns the state of the job.</summary>
    /// <exception cref="OperationCanceledException">It was stopped before.</exception>
    public static async Task<JobStatus> RunAsync(
        CliContext context, Destination destination, JobDefinition job, Detector detector, IJobBroker? broker, RunOptions options)
    {
        if (broker is not null && options.Share != ShardShare.All)
            throw new ArgumentException("--shards is for workers without a broker; a broker hands out the shards itself");
        string size = $"{Invariant.Plural(job.Images, "image")} in {Invariant.Plural(job.Shards, "shard")}";
        context.Human.MarkupLineInterpolated(
            $"[gray]{job.Name}: {size}, model {job.Model} ({job.ModelSha256[..12]}), worker {options.Worker.Worker}[/]");
        RunOutcome outcome = await context.WithProgressAsync("working", bar => JobRun.RunAsync(
            destination, job, detector, broker, options, new EventLines(context, bar, job, broker is null ? options.Share : null),
            context.Cancellation)).ConfigureAwait(false);
        Summarize(context, outcome);
        context.WriteJson(CliJson.Default.JobRunDocument, () => JobRunDocument.Of(outcome));
        return outcome.Work.Stopped ? throw new OperationCanceledException(context.Cancellation) : outcome.Status;
    }

    private static void Summarize(CliContext context, RunOutcome outcome)
    {
        WorkerSummary work = outcome.Work;
        double rate = work.Seconds > 0 ? work.Images / work.Seconds : 0;
        string failed = work.Failed > 0 ? $", {work.Failed} of them an error" : "";
        string there = work.AlreadyDone > 0 ? $"; {work.AlreadyDone} were there already" : "";
        string done = $"{Invariant.Plural(work.Shards, "shard")}, {Invariant.Plural(work.Images, "image")}{failed}, "
            + Invariant.Plural(work.Objects, "object");
        string time = Invariant.Text($"{work.Seconds:0.0} s ({rate:0.0} images/s)");
        context.Human.MarkupLineInterpolated($"[bold]{done}[/] in {time}{there}");
        if (outcome.Repair is { } repair)
        {
            string shards = Invariant.Plural(repair.Shards, "shard"), images = Invariant.Plural(repair.Images, "image");
            context.Human.MarkupLineInterpolated(
                $"{shards} that workers died of, gone through image by image: {repair.Failed} of {images} failed");
        }

        JobStatus status = outcome.Status;
        context.Human.MarkupLineInterpolated(
            $"{JobStatusText.Line(status)}; results in [green]{status.Destination}[/]");
        if (work.Stopped)
            context.Warn("stopped before the end; nothing is lost: start again to go on");
    }

    /// <summary>Events as lines for logs, or as a bar on a terminal.</summary>
    private sealed class EventLines(CliContext context, IProgressBar bar, JobDefinition job, ShardShare? share)
        : IProgress<JobEvent>
    {
        // A share's images are known before; a broker's part is not.
        private readonly long? _total = share is { } own
            ? job.AllShards().Where(s => own.Has(s.Index)).Sum(s => (long)s.Count)
            : null;

        public void Report(JobEvent value)
        {
            if (bar.IsVisible)
            {
                string note = Invariant.Text($"{value.Images} images, {value.Failed} failed, {value.ImagesPerSecond:0.0}/s");
                bar.Report(value.Images, _total, note);
                return;
            }

            switch (value.Kind)
            {
                case JobEventKind.Heartbeat:
                    string at = value.Shard is { } shard ? Invariant.Text($"at shard {shard}") : "waiting";
                    context.Error.WriteLine(Invariant.Text(
                        $"heartbeat: {at}, {value.Images} images, {value.Failed} failed, {value.ImagesPerSecond:0.0} images/s"));
                    break;
                case JobEventKind.ShardGivenBack:
                    context.Error.WriteLine(Invariant.Text($"shard {value.Shard} was given back"));
                    break;
            }
        }
    }
}
