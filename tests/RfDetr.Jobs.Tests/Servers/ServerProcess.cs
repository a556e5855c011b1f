using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RfDetr.Jobs.Tests;

/// <summary>
/// A server that a test starts. It ends with the test's process however that ends: a shell of its own waits for the end of its
/// input, which this process holds, and then ends the server by its id.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // $1: signal. The server is the shell's child; whatever happens to the test, the input ends.
    private const string Keeper =
        "signal=$1; shift; \"$@\" & child=$!; cat >/dev/null; kill -$signal $child 2>/dev/null; wait $child";

    private readonly Process _keeper;
    private readonly Task<string> _errors, _output;

    public ServerProcess(
        string signal, IReadOnlyDictionary<string, string> environment, string program, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["-c", Keeper, "keeper", signal, program, .. arguments])
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        _keeper = Process.Start(start)!;
        _errors = _keeper.StandardError.ReadToEndAsync();
        _output = _keeper.StandardOutput.ReadToEndAsync();
    }

    public bool HasExited => _keeper.HasExited;

    /// <summary>A port of the loopback that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await output} {await errors}");
    }

    /// <summary>The output of the server; known when it has ended.</summary>
    public async Task<string> PrintedAsync() => await _output + await _errors;

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        await Task.WhenAll(_errors, _output);
        _keeper.Dispose();
    }
}
