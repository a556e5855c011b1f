using System.Runtime.InteropServices;
using RfDetr.Serve;

using var stop = new CancellationTokenSource();

// The first signal drains the server; a second one ends the process at once.
using PosixSignalRegistration interrupt = Handle(PosixSignal.SIGINT);
using PosixSignalRegistration terminate = Handle(PosixSignal.SIGTERM);
return await ServeProgram.RunAsync(args, Console.Out, Console.Error, stop.Token);

PosixSignalRegistration Handle(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
});
