using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr jobs work DEST</c>: a worker, one of any number.</summary>
internal sealed class JobsWorkCommand
{
    private readonly JobPlaceArguments _place = new();
    private readonly ModelArguments _model = new();
    private readonly OptimizeArguments _optimize = new();
    private readonly JobWorkerArguments _worker = new();
    private readonly Option<bool> _untilDone = OptionsOf.Flag(
        "--until-done", "With a broker: end when every shard has results or was given up, instead of waiting for more.");

    public static Command Create()
    {
        var c = new JobsWorkCommand();
        return new Verb(
            "work",
            "Work on a submitted job: on the broker's shards, or without one on this share of them. Exit codes: 0 nothing "
            + "is left to do; 1 the work failed and what was in hand was given back: start again; 2 wrong use: do not start "
            + "again; 130 and 143 stopped by a signal, nothing is lost.",
            c.RunAsync,
            [
                c._place.Destination, .. c._place.Options, c._untilDone, .. c._model.Machine, .. c._optimize.All, .. c._worker.All
            ]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        RunOptions options = _worker.Run(context) with { UntilDone = context.Get(_untilDone) };
        _ = _optimize.Wanted(context);
        using IDisposable? telemetry = JobTelemetry.Start();
        await using IJobBroker? broker = _place.Broker(context);
        await using Destination destination = await _place.OpenAsync(context).ConfigureAwait(false);
        (JobDefinition job, Detector detector) = await JobLoading.LoadAsync(
            context, destination, _model, _optimize).ConfigureAwait(false);
        using (detector)
            _ = await JobWorkRun.RunAsync(context, destination, job, detector, broker, options).ConfigureAwait(false);
        return ExitCodes.Done;
    }
}

/// <summary>Loads the model of a job that is there.</summary>
internal static class JobLoading
{
    /// <summary>The job of a destination and its model, checked by its digest before anything is computed.</summary>
    public static async Task<(JobDefinition Job, Detector Detector)> LoadAsync(
        CliContext context, Destination destination, ModelArguments model, OptimizeArguments? optimize = null)
    {
        JobDefinition job = await JobDefinition.OpenAsync(destination.Files, context.Cancellation).ConfigureAwait(false);
        string name = model.NamedModel(context) ?? job.Model;
        bool license = model.AcceptsLicense(context);
        await Task.Run(() => JobModels.Check(job, name, license), context.Cancellation).ConfigureAwait(false);
        ImageLimits.Default = ImageLimits.Default with { MaxPixels = job.Options.MaxPixels };
        Engine engine = model.Engine(context, name, JobWords.Precision(job.Options.Precision));
        ModelOptions meaning = job.Options.ToModelOptions(license);
        Detector detector = optimize is null
            ? await ModelArguments.LoadAsync(context, name, meaning, engine).ConfigureAwait(false)
            : await optimize.LoadAsync(context, name, meaning, engine).ConfigureAwait(false);
        return (job, detector);
    }
}
