using System.Diagnostics;

namespace RfDetr.Fuzzing;

/// <summary>Outcomes of a target's moments.</summary>
internal sealed record KillFigures
{
    /// <summary>Signals sent.</summary>
    public int Moments { get; set; }

    /// <summary>Runs that the signal ended; the others were done before.</summary>
    public int Ended { get; set; }

    /// <summary>Runs that were ended while something unfinished lay under a hidden name.</summary>
    public int Unfinished { get; set; }

    /// <summary>Runs whose work was done again, or gone on with, and gave what an undisturbed one gives.</summary>
    public int Resumed { get; set; }

    /// <summary>Faults found, a sentence each.</summary>
    public List<string> Findings { get; } = [];
}

/// <summary>
/// Ends a verb at random moments and looks at what is left: under a final name only whole results (or the old ones), after a
/// signal that can be handled nothing unfinished at all, the exit code that shells expect, no process that lives on, and a folder
/// in which the work can be done again or gone on with.
/// </summary>
internal sealed class KillRounds
{
    private const string OldContent = "from an earlier run";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly string _program, _folder;
    private readonly KillTarget _target;
    private readonly Random _random;
    private readonly Dictionary<string, string> _whole;
    private readonly double _wholeMs, _lateMs;

    /// <summary>Runs the target once undisturbed.</summary>
    /// <param name="program">The command line's assembly.</param>
    /// <param name="folder">A folder with the inputs in <c>in</c>.</param>
    /// <param name="target">The target.</param>
    /// <param name="seed">Decides the moments, as shares of the time that the undisturbed run took.</param>
    public KillRounds(string program, string folder, KillTarget target, int seed)
    {
        (_program, _folder, _target, _random) = (program, folder, target, new Random(seed));
        string whole = Directory.CreateDirectory(Path.Combine(folder, $"{target.Name}-whole")).FullName;
        long start = Stopwatch.GetTimestamp();
        using (CommandLine run = CommandLine.Start(program, whole, target.Arguments))
        {
            WaitForFirstFile(run, whole);
            long first = Stopwatch.GetTimestamp();
            (int code, string said) = run.End(s_patience);
            if (code != 0)
                throw new InvalidOperationException($"{target.Name}: undisturbed it ended with {code}: {said}");
            _wholeMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            _lateMs = Stopwatch.GetElapsedTime(first).TotalMilliseconds;
        }

        _whole = ResultFiles.Names(whole).ToDictionary(n => n, n => ResultFiles.Meaning(Path.Combine(whole, n)));
    }

    /// <summary>Makes the inputs of all targets.</summary>
    public static void Prepare(string program, string folder)
    {
        string inputs = Directory.CreateDirectory(Path.Combine(folder, "in")).FullName;
        foreach (string[] arguments in KillTarget.Inputs)
            CommandLine.Run(program, inputs, arguments);
        File.WriteAllText(Path.Combine(inputs, "run.yaml"), KillTarget.Training);
    }

    /// <summary>Sends one signal at so many moments, each in a run of its own.</summary>
    /// <param name="signal">KILL, TERM or INT.</param>
    /// <param name="count">Number of moments.</param>
    /// <param name="resumeEach">Every how many moments the work is done again in the folder that is left.</param>
    public KillFigures Run(string signal, int count, int resumeEach)
    {
        var figures = new KillFigures();
        for (int i = 0; i < count; i++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_folder, $"{_target.Name}-{signal}-{i}")).FullName;
            int findings = figures.Findings.Count;
            try
            {
                Once(folder, signal, i, i % resumeEach == resumeEach - 1, figures);
            }
            catch (Exception e) when (e is TimeoutException or InvalidOperationException or IOException)
            {
                figures.Findings.Add($"{_target.Name}, {signal}: {e.Message}");
            }

            if (figures.Findings.Count == findings)
                Directory.Delete(folder, recursive: true);
        }

        return figures;
    }

    private void Once(string folder, string signal, int number, bool resume, KillFigures figures)
    {
        if (_target.Old is { } old && number % 2 == 0)
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, old))!);
            File.WriteAllText(Path.Combine(folder, old), OldContent);
        }

        using CommandLine run = CommandLine.Start(_program, folder, _target.Arguments);
        AwaitMoment(run, folder, number);
        run.Send(signal);
        (int code, string said) = run.End(s_patience);
        figures.Moments++;
        void Find(string what) =>
            figures.Findings.Add(
                $"{_target.Name}, {signal}, moment {number}: {what} (exit code {code}; {folder}; {said.Trim()})");

        int expected = 128 + signal switch { "KILL" => 9, "TERM" => 15, _ => 2 };
        if (code == expected)
            figures.Ended++;
        else if (code != 0)
            Find($"expected exit code {expected} or 0");
        if (!SpinWait.SpinUntil(() => run.Descendants().Length == 0, TimeSpan.FromSeconds(60)))
            Find($"processes {string.Join(", ", run.Descendants())} live on");
        if (ResultFiles.Unfinished(folder).Length > 0)
        {
            figures.Unfinished++;
            if (signal != "KILL")
                Find($"{ResultFiles.Unfinished(folder)[0]} was left");
        }

        Look(folder, complete: code == 0, Find);

        // Work that was done before the signal came is not done again.
        if (resume && (_target.SavesOnTheWay || _whole.Keys.Except(ResultFiles.Names(folder)).Any()))
        {
            string[] again = _target.Resume?.Invoke(folder) is { Length: > 0 } arguments ? arguments : _target.Arguments;
            CommandLine.Run(_program, folder, again);
            Look(folder, complete: true, Find);
            figures.Resumed++;
        }
    }

    // Half of the moments lie anywhere in the run, half after the first file of the result has appeared: a short life is mostly
    // the start of the program.
    private void AwaitMoment(CommandLine run, string folder, int number)
    {
        double ms = _random.NextDouble() * _wholeMs;
        if (number / 2 % 2 == 1)
        {
            ms = _random.NextDouble() * _lateMs;
            WaitForFirstFile(run, folder);
        }

        long start = Stopwatch.GetTimestamp();
        while (!run.HasEnded && Stopwatch.GetElapsedTime(start).TotalMilliseconds < ms)
            Thread.Sleep(2);
    }

    private void WaitForFirstFile(CommandLine run, string folder)
    {
        string? old = _target.Old is { } name ? Path.Combine(folder, name) : null;
        while (!run.HasEnded && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).All(f => f == old))
            Thread.Sleep(5);
    }

    private void Look(string folder, bool complete, Action<string> find)
    {
        string[] names = ResultFiles.Names(folder);
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            if (!complete && name == _target.Old && File.ReadAllText(path) == OldContent)
                continue;
            string meaning;
            try
            {
                meaning = ResultFiles.Meaning(path);
            }
            catch (Exception e)
            {
                find($"'{name}' is not whole: {e.Message}");
                continue;
            }

            if (_target.SavesOnTheWay && (!complete || !name.EndsWith(".pth", StringComparison.Ordinal)))
                continue;
            if (!_whole.TryGetValue(name, out string? whole))
                find($"'{name}' is none of the results");
            else if (whole != meaning)
                find($"'{name}' differs from the one of an undisturbed run");
        }

        if (complete && _whole.Keys.Except(names).FirstOrDefault() is { } missing)
            find($"'{missing}' is missing");
    }
}
