using System.Runtime.InteropServices;
using RfDetr.Cli;

using var cancellation = new CancellationTokenSource();

// The first Ctrl-C, or the first SIGTERM, lets the verb clean up after itself; a second one ends the process at once.
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
});
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
};
return await CliApp.RunAsync(args, Console.Out, Console.Error, Console.OpenStandardInput(), cancellation.Token);
