using System.Diagnostics;

namespace RfDetr.Jobs.Tests;

/// <summary>
/// A server that a test starts. It ends with the test's process however that ends: a shell of its own waits for the end of its
/// input, which this process holds, and then ends the server by its id. Where the server ends first, so does the shell.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // $1: signal. The server is the shell's child; whatever happens to the test, the input ends. The watcher holds none of the
    // server's outputs, and sends nothing to an id that is free again.
    private const string Keeper = """
        signal=$1; shift
        exec 3<&0
        "$@" 3<&- & child=$!
        (cat; kill -$signal $child) <&3 >/dev/null 2>&1 & watcher=$!
        wait $child; status=$?
        kill $watcher 2>/dev/null
        exit $status
        """;

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

    /// <summary>The server has ended, of itself or because the test is over.</summary>
    public bool HasExited => _keeper.HasExited;

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
