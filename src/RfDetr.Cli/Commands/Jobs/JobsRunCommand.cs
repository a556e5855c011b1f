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

    public static Command Create()
    {
        var c = new JobsRunCommand();
        return new Verb(
            "run",
            "Submit a job and work on it here, without a broker; the same command goes on where it was stopped. Exit "
            + "codes: 0 every image of this share has a row; 1 the work failed, nothing is lost; 2 wrong use; 130 and 143 "
            + "stopped by a signal.",
            c.RunAsync, [.. c._submit.All, .. c._optimize.All, .. c._worker.All, c._place.Results]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        RunOptions options = _worker.Run(context);
        _ = _optimize.Wanted(context);
        await using Destination destination =
            await _place.OpenAsync(context, _submit.Output(context)).ConfigureAwait(false);
        (Submitted submitted, Detector detector) = await _submit.SubmitAsync(
            context, destination, _optimize).ConfigureAwait(false);
        using (detector)
        {
            return await JobWorkRun.RunAsync(context, destination, submitted.Job, detector, null, options)
                .ConfigureAwait(false);
        }
    }
}
