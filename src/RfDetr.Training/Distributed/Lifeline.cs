using System.Diagnostics;

namespace RfDetr.Training;

/// <summary>
/// The pipe between the process that starts the ranks of a run and each of them: the starter holds one end open for as long as it
/// lives. A word through it asks the rank to stop; its end, which comes however the starter ends, does the same, and a rank that
/// does not come to its end is killed then.
/// </summary>
/// <remarks>
/// A pipe, because it works on every system; Linux's signal on a parent's death is bound to the thread that started the process,
/// and threads of a pool come and go.
/// </remarks>
public sealed class Lifeline : IDisposable
{
    /// <summary>Environment variable that tells a rank that its standard input is the pipe.</summary>
    internal const string Variable = "RFDETR_LIFELINE";

    private const byte Stop = (byte)'s';

    // A step, and saving what it gave, take less on any machine that training is practical on.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop;

    private Lifeline(CancellationToken cancellation) => _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

    /// <summary>Ends the rank's work: by the program's own cancellation, or through the pipe.</summary>
    public CancellationToken Cancellation => _stop.Token;

    /// <summary>Listens at the pipe if this process was started with one.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="cancellation">The program's own cancellation.</param>
    public static Lifeline Hold(Stream input, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(input);
        var line = new Lifeline(cancellation);
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
            new Thread(() => line.Listen(input)) { IsBackground = true, Name = "lifeline" }.Start();
        return line;
    }

    /// <summary>Has a process that is to be started hold the other end.</summary>
    internal static void Attach(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.Environment[Variable] = "stdin";
    }

    /// <summary>Asks a process to stop; one that has ended already hears nothing.</summary>
    internal static void AskToStop(Process process)
    {
        try
        {
            process.StandardInput.BaseStream.WriteByte(Stop);
            process.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            // Its end is what was asked for.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private void Listen(Stream input)
    {
        int word;
        try
        {
            do
            {
                word = input.ReadByte();
                Cancel();
            }
            while (word >= 0);
        }
        catch (IOException)
        {
            Cancel();
        }

        Thread.Sleep(s_grace);
        Process.GetCurrentProcess().Kill();
    }

    private void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work has ended meanwhile.
        }
    }
}
