using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using RfDetr.Cli;

using var cancellation = new CancellationTokenSource();
int? code = null;

// The first signal lets the verb clean up after itself; a second one ends the process at once.
using PosixSignalRegistration interrupt = Handle(PosixSignal.SIGINT, 130);
using PosixSignalRegistration terminate = Handle(PosixSignal.SIGTERM, 143);
using PosixSignalRegistration hangUp = Handle(PosixSignal.SIGHUP, 129);
int result = await CliApp.RunAsync(args, Output(), Console.Error, Console.OpenStandardInput(), cancellation.Token);
return result == CliApp.Interrupted ? code ?? result : result;

// Console.Out keeps silent when nobody reads a pipe any more, and a live stream would be written into it for ever. Files stay
// with it: their offset is shared with other programs.
static TextWriter Output()
{
    if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        return Console.Out;
    var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    return stream.CanSeek
        ? Console.Out
        : TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true });
}

// Codes as shells report them: 128 and the signal's number.
PosixSignalRegistration Handle(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = !cancellation.IsCancellationRequested;
    code ??= exitCode;
    cancellation.Cancel();
});
