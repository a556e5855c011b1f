using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary><c>rfdetr train</c> in a process of its own, which does not outlive the test.</summary>
internal sealed class TrainingProcess : IDisposable
{
    private const string Cli = "RfDetr.Cli.dll";

    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly ConcurrentQueue<string> _errors = [];

    private TrainingProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => _lines.Add(e.Data ?? "");
        _process.ErrorDataReceived += (_, e) => _errors.Enqueue(e.Data ?? "");
        _process.Start().ShouldBeTrue();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    /// <summary>Text that the process wrote to standard error so far.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>The most main memory that it held so far, in bytes. Linux only.</summary>
    public long PeakBytes
    {
        get
        {
            string line = File.ReadLines($"/proc/{Id}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Begins a run, or goes on with the one in the options' folder.</summary>
    public static TrainingProcess Start(TrainOptions options, params string[] more) =>
        new(StartInfo([.. Arguments(options), .. more]));

    /// <summary>As one of several processes that a launcher of another kind started.</summary>
    /// <param name="options">Options of the run.</param>
    /// <param name="rank">The process among the others.</param>
    public static TrainingProcess Start(TrainOptions options, RankEnvironment rank)
    {
        ProcessStartInfo start = StartInfo(Arguments(options));
        foreach ((string name, string value) in rank.Variables)
            start.Environment[name] = value;
        return new TrainingProcess(start);
    }

    /// <summary>On one of several machines, by the script that users have for it, which becomes the process.</summary>
    /// <param name="options">Options of the run.</param>
    /// <param name="number">The machine, from 0.</param>
    /// <param name="machines">Number of machines.</param>
    /// <param name="address">Address of machine 0.</param>
    /// <param name="through">A program and its arguments that becomes another one, such as <c>ip netns exec</c>.</param>
    public static TrainingProcess StartByScript(
        TrainOptions options, int number, int machines, string address, string[] through)
    {
        ProcessStartInfo direct = StartInfo([]);
        string script = Path.Combine(AppContext.BaseDirectory, "deploy", "training", "machines.sh");
        string[] line = [.. through, "bash", script, Invariant.Text($"{number}"), .. Arguments(options)];
        var start = new ProcessStartInfo(line[0], line[1..]);
        start.Environment["MACHINES"] = Invariant.Text($"{machines}");
        start.Environment["MASTER_ADDR"] = address;
        start.Environment["RFDETR"] = $"{direct.FileName} {direct.ArgumentList[0]}"; // the script adds the verb
        return new TrainingProcess(start);
    }

    /// <summary>
    /// With a limit on the size of files, which makes writing fail half-way, as a full disk does. For Unix shells.
    /// </summary>
    /// <remarks>
    /// Without write-xor-execute: the runtime's double mapping is a large file of its own and would meet the limit first.
    /// </remarks>
    public static TrainingProcess StartWithFileLimit(TrainOptions options, long bytes, params string[] more)
    {
        ProcessStartInfo inner = StartInfo([.. Arguments(options), .. more]);
        var start = new ProcessStartInfo("/bin/sh");
        string limit = (bytes / 512).ToString(CultureInfo.InvariantCulture); // POSIX counts in 512 bytes
        foreach (
            string part in (string[])[
                "-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", limit, inner.FileName, .. inner.ArgumentList
            ])
            start.ArgumentList.Add(part);
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return new TrainingProcess(start);
    }

    /// <summary>
    /// The time after which a process counts as hung. It measures nothing: on a busy machine a run's start alone takes minutes.
    /// </summary>
    public static TimeSpan Hang { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Returns the first new line that contains a text.</summary>
    public string WaitFor(string text)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Hang)
        {
            if (_lines.TryTake(out string? line, TimeSpan.FromMilliseconds(100)))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
            }
            else if (_process.HasExited)
            {
                _process.WaitForExit(); // until all it said has arrived
                if (_lines.Count == 0)
                    throw new InvalidOperationException(
                        $"the process ended with {_process.ExitCode} before it said '{text}': {Errors}");
            }
        }

        throw new TimeoutException($"the process did not say '{text}' within {Hang}");
    }

    /// <summary>Waits for its end and returns the exit code.</summary>
    public int Wait()
    {
        if (!_process.WaitForExit(Hang))
            throw new TimeoutException($"the process did not end within {Hang}");
        _process.WaitForExit(); // until all it said has arrived
        return _process.ExitCode;
    }

    /// <summary>Ends it as <c>kill -9</c> does; false if it had come to its end before.</summary>
    public bool Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.ExitCode.ShouldBeOneOf([0, 128 + 9, -1], Errors); // -1: as Windows has it
        return _process.ExitCode != 0;
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    public void Terminate()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{Id}"]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
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
        _lines.Dispose();
    }

    private static string[] Arguments(TrainOptions options)
    {
        if (File.Exists(Path.Combine(options.Output.Folder!, "config.yaml")))
            return ["--resume", options.Output.Folder!];
        string file = options.Output.Folder! + ".yaml";
        File.WriteAllText(file, TrainOptionsFile.ToYaml(options));
        return ["--config", file];
    }

    private static ProcessStartInfo StartInfo(string[] arguments)
    {
        bool byHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        var start = new ProcessStartInfo(byHost ? Environment.ProcessPath! : "dotnet");
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, Cli), "train", .. arguments])
            start.ArgumentList.Add(argument);
        return start;
    }
}
