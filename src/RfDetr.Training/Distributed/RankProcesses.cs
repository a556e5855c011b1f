using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RfDetr.Training;

/// <summary>End of a run of several processes.</summary>
public enum RankEnd
{
    /// <summary>Every process came to its end.</summary>
    Done,

    /// <summary>A process stopped and saved because it was asked to; none failed.</summary>
    Interrupted,

    /// <summary>A process failed; the others were ended.</summary>
    Failed,
}

/// <summary>
/// Starts a program once for each rank of a run on this machine, and waits. A rank that fails ends the others, and the end of
/// this process ends all. Each rank holds its end of the <see cref="Lifeline"/> and reads its <see cref="RankEnvironment"/>.
/// </summary>
public static class RankProcesses
{
    /// <summary>Exit code of a rank that was asked to stop, as shells report Ctrl-C (128 + SIGINT).</summary>
    public const int InterruptedCode = ShellCodes.Interrupted;

    // Time for the others to say why they failed too.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    /// <summary>Runs the ranks.</summary>
    /// <param name="count">Number of ranks, at least 1.</param>
    /// <param name="program">Program and arguments of one rank; environment and standard input are set here.</param>
    /// <param name="failed">Receives one sentence about the first rank that fails.</param>
    /// <param name="cancellation">
    /// Asks the ranks to stop and to save. Ctrl-C in a terminal reaches them by itself; other signals reach this process alone.
    /// </param>
    /// <exception cref="InvalidOperationException">The program could not be started.</exception>
    public static async Task<RankEnd> RunAsync(
        int count, Func<ProcessStartInfo> program, Action<string>? failed = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentNullException.ThrowIfNull(program);
        int port = FreePort();
        var ranks = new List<Process>(count);
        try
        {
            for (int rank = 0; rank < count; rank++)
                ranks.Add(Start(program(), new RankEnvironment(rank, count, rank, "127.0.0.1", port)));
            using CancellationTokenRegistration asked = cancellation.Register(() => ranks.ForEach(Lifeline.AskToStop));
            return await WaitAsync(ranks, failed).ConfigureAwait(false);
        }
        finally
        {
            ranks.ForEach(Kill);
            ranks.ForEach(static process => process.Dispose());
        }
    }

    private static async Task<RankEnd> WaitAsync(List<Process> ranks, Action<string>? failed)
    {
        var running =
            ranks.Select((process, rank) => (Rank: rank, Ended: process.WaitForExitAsync(CancellationToken.None))).ToList();
        var end = RankEnd.Done;
        while (running.Count > 0)
        {
            Task ended = await Task.WhenAny(running.Select(r => r.Ended)).ConfigureAwait(false);
            int rank = running.Single(r => r.Ended == ended).Rank;
            _ = running.RemoveAll(r => r.Ended == ended);
            int code = ranks[rank].ExitCode;
            if (code is 0 or InterruptedCode)
            {
                if (code != 0 && end == RankEnd.Done)
                    end = RankEnd.Interrupted;
                continue;
            }

            // What the rank said of itself stands above; the others would wait for it.
            if (end != RankEnd.Failed)
                failed?.Invoke($"process {rank} of {ranks.Count} ended with exit code {code}; the others are stopped");
            end = RankEnd.Failed;
            await Task.Delay(s_grace).ConfigureAwait(false);
            ranks.ForEach(Kill);
        }

        return end;
    }

    private static Process Start(ProcessStartInfo start, RankEnvironment environment)
    {
        start.UseShellExecute = false;
        foreach ((string name, string value) in environment.Variables)
            start.Environment[name] = value;
        Lifeline.Attach(start);
        return Process.Start(start) ?? throw new InvalidOperationException($"'{start.FileName}' could not be started");
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
