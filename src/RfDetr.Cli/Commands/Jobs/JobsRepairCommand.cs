using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr jobs repair DEST</c>: goes through the images of dead shards one by one.</summary>
internal sealed class JobsRepairCommand
{
    private readonly JobPlaceArguments _place = new();
    private readonly ModelArguments _model = new();
    private readonly Option<string?> _worker = JobWorkerArguments.Name();

    public static Command Create()
    {
        var c = new JobsRepairCommand();
        return new Verb(
            "repair",
            "Go through the images of shards that workers died of, one by one. If the program dies too, start it again: it "
            + "goes on behind that image, which becomes an error after three deaths.",
            c.RunAsync, [c._place.Destination, .. c._place.Options, .. c._model.Machine, c._worker]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        var defaults = new WorkerOptions();
        var options = new WorkerOptions { Worker = context.Get(_worker) ?? defaults.Worker };
        options.Validate();
        await using IJobBroker? broker = _place.Broker(context);
        await using Destination destination = await _place.OpenAsync(context).ConfigureAwait(false);
        (JobDefinition job, Detector detector) =
            await JobLoading.LoadAsync(context, destination, _model).ConfigureAwait(false);
        using (detector)
        {
            (RepairSummary repaired, JobStatus status) = await context.WithProgressAsync("repairing", _ => JobRun.RepairAsync(
                destination, job, detector, broker, options, context.Cancellation)).ConfigureAwait(false);
            context.WriteJson(CliJson.Default.JobRepairDocument, () => JobRepairDocument.Of(repaired, status));
            string shards = Invariant.Plural(repaired.Shards, "dead shard"), images = Invariant.Plural(repaired.Images, "image");
            context.Human.MarkupLineInterpolated($"{shards} repaired: {repaired.Failed} of {images} failed");
            context.Human.WriteLine(JobStatusText.Line(status));
            return ExitCodes.Done;
        }
    }
}
