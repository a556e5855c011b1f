using System.Diagnostics;
using System.Globalization;

namespace RfDetr.Fuzzing;

/// <summary>The command line in a process of its own, which does not outlive its owner and whose descendants are known.</summary>
internal sealed class CommandLine : IDisposable
{
    private const string MarkName = "RFDETR_TEST_MARK";

    // Every process that this one starts inherits the mark, so that no other process of the machine is taken for it.
    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly Process _process;
    private readonly Task<string> _output, _error;

    private CommandLine(string program, string folder, IEnumerable<string> arguments)
    {
        bool byHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] host = [byHost ? Environment.ProcessPath! : "dotnet", program];

        // What a shell starts in the background ignores SIGINT, and hands that on to what it starts itself.
        string[] all = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", .. host] : host;
        var start = new ProcessStartInfo(all[0])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in all.Skip(1).Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment[MarkName] = _mark;
        start.Environment["RFDETR_HOME"] = Path.Combine(folder, ".home");
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        (_output, _error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    /// <summary>Number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>True once it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts it.</summary>
    /// <param name="program">The command line's assembly.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">Verb and options.</param>
    public static CommandLine Start(string program, string folder, params IEnumerable<string> arguments) =>
        new(program, folder, arguments);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0.</exception>
    public static void Run(string program, string folder, params IEnumerable<string> arguments)
    {
        using CommandLine run = Start(program, folder, arguments);
        (int code, string said) = run.End(TimeSpan.FromMinutes(15));
        if (code != 0)
            throw new InvalidOperationException($"'{string.Join(' ', arguments)}' ended with {code}: {said}");
    }

    /// <summary>Sends a signal to it alone.</summary>
    /// <param name="signal">KILL, TERM or INT.</param>
    public void Send(string signal)
    {
        var start = new ProcessStartInfo("kill", [$"-{signal}", $"{Id}"]) { RedirectStandardError = true };
        using Process kill = Process.Start(start)!;
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code and everything it said.</returns>
    /// <exception cref="TimeoutException">It goes on after <paramref name="within"/>.</exception>
    public (int Code, string Said) End(TimeSpan within)
    {
        if (!_process.WaitForExit(within))
            throw new TimeoutException($"process {Id} did not end within {within.TotalSeconds} s");

        // Orphans hold its pipes, so that what it said ends with the last of them.
        Task.WaitAll([_output, _error], TimeSpan.FromSeconds(30));
        return (_process.ExitCode, _output.IsCompleted && _error.IsCompleted ? _output.Result + _error.Result : "");
    }

    /// <summary>The processes that it started and that live, by what Linux knows of their environment.</summary>
    public int[] Descendants()
    {
        var found = new List<int>();
        foreach (string folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id == Id)
                continue;
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Contains($"{MarkName}={_mark}", StringComparison.Ordinal))
                    found.Add(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is somebody else's.
            }
        }

        return [.. found];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
