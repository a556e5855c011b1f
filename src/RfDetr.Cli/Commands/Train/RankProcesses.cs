using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RfDetr.Cli.Framework;
using RfDetr.Training;

namespace RfDetr.Cli.Commands;

/// <summary>
/// Starts this command line once for each rank and waits; a rank that fails ends the others, and the end of this process ends
/// all.
/// </summary>
internal static class RankProcesses
{
    public static async Task<int> RunAsync(int count, CliContext context)
    {
        int port = FreePort();
        Process[] ranks =
        [
            .. Enumerable.Range(0, count).Select(rank => Start(new RankEnvironment(rank, count, rank, "127.0.0.1", port)))
        ];
        // Ctrl-C in a terminal reaches the ranks by itself; SIGTERM reaches this process alone.
        using CancellationTokenRegistration asked = context.Cancellation.Register(() => Array.ForEach(ranks, Lifeline.AskToStop));
        try
        {
            var running =
                ranks.Select((process, rank) => (Rank: rank, Ended: process.WaitForExitAsync(CancellationToken.None))).ToList();
            int code = ExitCodes.Done;
            while (running.Count > 0)
            {
                Task ended = await Task.WhenAny(running.Select(r => r.Ended)).ConfigureAwait(false);
                int rank = running.Single(r => r.Ended == ended).Rank;
                _ = running.RemoveAll(r => r.Ended == ended);
                int its = ranks[rank].ExitCode;
                if (its is ExitCodes.Done or ExitCodes.Interrupted)
                {
                    code = code == ExitCodes.Done ? its : code;
                    continue;
                }

                // What the rank said of itself stands above; the others would wait for it.
                if (code != ExitCodes.Failed)
                    context.Fail($"process {rank} of {count} ended with exit code {its}; the others are stopped");
                code = ExitCodes.Failed;
                await Task.Delay(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
                Kill(ranks);
            }

            return code;
        }
        finally
        {
            Kill(ranks);
            foreach (Process process in ranks)
                process.Dispose();
        }
    }

    private static Process Start(RankEnvironment environment)
    {
        string[] line = Environment.GetCommandLineArgs();
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        bool byHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, byHost ? line : line.Skip(1)) { UseShellExecute = false };
        foreach ((string name, string value) in environment.Variables)
            start.Environment[name] = value;
        Lifeline.Attach(start);
        return Process.Start(start) ?? throw new InvalidOperationException($"'{program}' could not be started");
    }

    private static void Kill(Process[] ranks)
    {
        foreach (Process process in ranks)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
