#:property PublishAot=false

// Builds the solution and runs its tests; ./test and test.cmd start it. Usage: test [--all] [arguments for "dotnet test"]
//   --all      also the tests marked [Trait("Duration", "Long")]: full-size networks on every engine, soak and fuzz tests
//   --filter   replaces the choice of tests; everything that matches runs, long or not
// Several test projects run at a time. The last line is "N passed, N failed, N skipped".
using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;

// Tells ./test that the sum was printed: "dotnet run" itself ends with 1 if this file does not compile.
const int FailuresReported = 3;

bool all = args.Contains("--all");
string[] forwarded = [.. args.Where(a => a != "--all")];
string root = Path.GetDirectoryName((string)AppContext.GetData("EntryPointFileDirectoryPath")!)!;
string results = Path.Combine(root, "TestResults");
var clock = Stopwatch.StartNew();

Console.Out.WriteLine("== building");
if (!await BuildAsync())
    return Finish(new Counts(0, 1, 0));
if (Directory.Exists(results))
    Directory.Delete(results, recursive: true);
Directory.CreateDirectory(results);

TestProject[] found =
[
    .. Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.Tests.csproj", SearchOption.AllDirectories)
        .Select(f => new TestProject(f, results))
        .OrderBy(p => p.Weight).ThenBy(p => p.Name, StringComparer.Ordinal),
];

// Nearly every test of that project needs libtorch, which ./test sets up on Linux (elsewhere eng/torch.sh, from an unpacked
// libtorch): where it is missing, one skip stands for them all.
string shim = Path.Combine(root, "native", "torch", "build", "librfdetr_torch.dylib");
bool torch = OperatingSystem.IsLinux() || File.Exists(shim) || Environment.GetEnvironmentVariable("RFDETR_TORCH") is not null;
TestProject[] leftOut = [.. found.Where(p => !torch && p.Name == "RfDetr.Training.Tests")];
TestProject[] projects = [.. found.Except(leftOut)];
int lanes = Math.Clamp(Environment.ProcessorCount, 1, 2);
Console.Out.WriteLine(
    $"== running {projects.Length} test projects, {lanes} at a time{(all ? "" : "; --all adds the long tests")}");
await RunAllAsync(projects, lanes);

Counts sum = projects.Aggregate(new Counts(0, 0, leftOut.Length), (s, p) => s + p.Counts);
string[] skipped =
[
    .. leftOut.Select(p => $"  {p.Name}: libtorch is not set up on this system"), .. projects.SelectMany(p => p.Skipped)
];
if (skipped.Length > 0)
    Console.Out.WriteLine($"skipped:\n{string.Join("\n", skipped)}");
string[] failed = [.. projects.SelectMany(p => p.Failed)];
if (failed.Length > 0)
    Console.Out.WriteLine($"failed tests, with what each of them said above:\n{string.Join("\n", failed)}");
if (sum.Total == 0)
{
    Console.Out.WriteLine("no test was run; does the filter match any?");
    sum = new Counts(0, 1, 0);
}

return Finish(sum);

int Finish(Counts counts)
{
    Console.Out.WriteLine($"{counts.Passed} passed, {counts.Failed} failed, {counts.Skipped} skipped");
    return counts.Failed == 0 ? 0 : FailuresReported;
}

async Task<bool> BuildAsync()
{
    int built = 0;
    var said = new List<string>();
    string[] build =
    [
        "build", Path.Combine(root, "RfDetr.slnx"), "-c", "Release", "-v", "m", "-nologo", "-tl:off", "-clp:NoSummary"
    ];
    Task<int> task = Command.RunAsync(build, root, line =>
    {
        said.Add(line);
        built += line.Contains(" -> ", StringComparison.Ordinal) ? 1 : 0;
    }, Timeout.InfiniteTimeSpan);
    while (await Task.WhenAny(task, Task.Delay(TimeSpan.FromSeconds(10))) != task)
        Console.Out.WriteLine($"   {Elapsed()}  {built} projects are built");
    if (await task == 0)
        return true;
    lock (said)
        Console.Out.WriteLine(string.Join("\n", said));
    Console.Out.WriteLine("the build failed; its output is above");
    return false;
}

async Task RunAllAsync(TestProject[] waiting, int degree)
{
    Task work = Parallel.ForEachAsync(waiting, new ParallelOptions { MaxDegreeOfParallelism = degree }, async (project, _) =>
    {
        await project.RunAsync(root, Arguments(project));
        lock (clock)
            Console.Out.WriteLine($"   {Elapsed()}  {project.Report()}");
    });
    while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(10))) != work)
    {
        string[] running = [.. waiting.Where(p => p.IsRunning).Select(p => p.Progress())];
        lock (clock)
            Console.Out.WriteLine($"   {Elapsed()}  {string.Join(", ", running)}");
    }

    await work;
}

string[] Arguments(TestProject project)
{
    bool ownFilter = forwarded.Any(a => a.StartsWith("--filter", StringComparison.Ordinal));
    string[] choice = all || ownFilter ? [] : ["--filter", "Duration!=Long"];
    return
    [
        "test", project.Assembly, "--nologo", "--logger", $"trx;LogFileName={project.Name}.trx",
        "--logger", "console;verbosity=normal", "--results-directory", results, .. choice, .. forwarded,
    ];
}

string Elapsed() => string.Create(CultureInfo.InvariantCulture, $"{(int)clock.Elapsed.TotalMinutes}:{clock.Elapsed.Seconds:00}");

internal readonly record struct Counts(int Passed, int Failed, int Skipped)
{
    public int Total => Passed + Failed + Skipped;

    public static Counts operator +(Counts a, Counts b) => new(a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped);
}

internal static class Command
{
    /// <summary>Runs "dotnet" and hands over each line of its output; ends it after so long without one (exit code -1).</summary>
    public static async Task<int> RunAsync(string[] arguments, string folder, Action<string> onLine, TimeSpan patience)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["VSTEST_CONNECTION_TIMEOUT"] = "300";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        var silence = Stopwatch.StartNew();
        void Receive(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is null)
                return;
            silence.Restart();
            lock (start)
                onLine(e.Data);
        }

        process.OutputDataReceived += Receive;
        process.ErrorDataReceived += Receive;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Task end = process.WaitForExitAsync();
        while (await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(5))) != end)
        {
            if (patience == Timeout.InfiniteTimeSpan || silence.Elapsed < patience)
                continue;
            process.Kill(entireProcessTree: true);
            await end;
            return -1;
        }

        return process.ExitCode;
    }
}

/// <summary>One test project: its run, its progress and what came of it.</summary>
internal sealed class TestProject(string file, string results)
{
    // The slowest come first, so that no lane ends long after the others.
    private static readonly string[] s_slowest = ["RfDetr.Training.Tests", "RfDetr.Golden.Tests", "RfDetr.Unit.Tests"];
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(20);
    private readonly List<string> _log = [];
    private readonly List<string> _failures = [];
    private readonly Stopwatch _clock = new();
    private int _passed, _failed, _skipped;

    public string Name { get; } = Path.GetFileNameWithoutExtension(file);

    public string Assembly => Path.Combine(Path.GetDirectoryName(file)!, "bin", "Release", "net10.0", $"{Name}.dll");

    public int Weight => Array.IndexOf(s_slowest, Name) is var at and >= 0 ? at : s_slowest.Length;

    public bool IsRunning => _clock.IsRunning;

    public Counts Counts { get; private set; }

    /// <summary>Lines of the form "name: reason".</summary>
    public List<string> Skipped { get; } = [];

    /// <summary>Lines of the form "name: the failure's first line".</summary>
    public List<string> Failed { get; } = [];

    public string Progress() => $"{Name} {_passed + _failed + _skipped} done{(_failed > 0 ? $" ({_failed} failed)" : "")}";

    public async Task RunAsync(string root, string[] arguments)
    {
        _clock.Start();
        int status = await Command.RunAsync(arguments, root, OnLine, s_patience);
        _clock.Stop();
        string trx = Path.Combine(results, $"{Name}.trx");
        if (File.Exists(trx))
            Read(XDocument.Load(trx));
        // A run that died (a crash, nothing discovered, no answer) has no failed test to count: it counts as one.
        if (status == 0 || Counts.Failed > 0)
            return;
        Counts += new Counts(0, 1, 0);
        string end = status == -1
            ? $"was stopped: no test ended for {s_patience.TotalMinutes:0} minutes"
            : $"ended with exit code {status}";
        Failed.Add($"  {Name}: {end}");
        _failures.Add($"{Name} {end}. The last lines:\n{string.Join("\n", _log.TakeLast(40))}");
    }

    /// <summary>One line with the counts, and what failed below it.</summary>
    public string Report() => string.Join(
        "\n",
        [
            $"{Name}: {Counts.Passed} passed, {Counts.Failed} failed, {Counts.Skipped} skipped in "
                + $"{_clock.Elapsed.TotalSeconds:0} s",
            .. _failures
        ]);

    private void OnLine(string line)
    {
        _log.Add(line);
        if (line.StartsWith("  Passed ", StringComparison.Ordinal))
            _passed++;
        else if (line.StartsWith("  Failed ", StringComparison.Ordinal))
            _failed++;
        else if (line.StartsWith("  Skipped ", StringComparison.Ordinal))
            _skipped++;
    }

    private void Read(XDocument trx)
    {
        XNamespace ns = trx.Root!.Name.Namespace;
        foreach (XElement result in trx.Descendants(ns + "UnitTestResult"))
        {
            string name = (string)result.Attribute("testName")!;
            string message = Text(result, "Message"), trace = Text(result, "StackTrace");
            switch ((string?)result.Attribute("outcome"))
            {
                case "Passed":
                    Counts += new Counts(1, 0, 0);
                    break;
                case "NotExecuted":
                    Counts += new Counts(0, 0, 1);
                    string reason = message.Length > 0 ? message : Text(result, "StdOut");
                    Skipped.Add($"  {name}: {(reason.Length > 0 ? reason : "no reason given")}");
                    break;
                default:
                    Counts += new Counts(0, 1, 0);
                    Failed.Add($"  {name}: {message.Split('\n')[0].Trim()}");
                    _failures.Add($"FAILED {name}\n{message}\n{trace}\n");
                    break;
            }
        }

        string Text(XElement result, string element) => result.Descendants(ns + element).FirstOrDefault()?.Value.Trim() ?? "";
    }
}
