using System.Diagnostics;
using System.Globalization;

namespace RfDetr.Tests.Trainer;

/// <summary>
/// Two hosts on this machine: two network namespaces of Linux with a cable between them, which can be cut. Neither reaches
/// anything else. They go with this object.
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    private static int s_made;

    private readonly string _first, _second;

    private TwoHosts(string id) => (_first, _second) = ($"{id}a", $"{id}b");

    /// <summary>Address of the first host, which the second one reaches by the cable.</summary>
    public string Address => "10.99.0.1";

    /// <summary>Makes the hosts; skips the test where that is not possible.</summary>
    public static TwoHosts Make()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "network namespaces are Linux's");
        string id = string.Create(
            CultureInfo.InvariantCulture, $"rd{Environment.ProcessId}-{Interlocked.Increment(ref s_made)}");
        var hosts = new TwoHosts(id);
        try
        {
            string? error = Ip("netns", "add", hosts._first);
            Skip.If(error is not null, $"network namespaces cannot be made here (root can): {error}");
            Do("netns", "add", hosts._second);
            Do(
                "link", "add", hosts._first, "netns", hosts._first, "type", "veth", "peer", "name", hosts._second, "netns",
                hosts._second);
            hosts.Prepare(hosts._first, hosts.Address);
            hosts.Prepare(hosts._second, "10.99.0.2");
            return hosts;
        }
        catch
        {
            hosts.Dispose();
            throw;
        }
    }

    /// <summary>The program and arguments that start another one on a host, 0 or 1.</summary>
    public string[] On(int host) => ["ip", "netns", "exec", Name(host)];

    /// <summary>Cuts the cable at the second host's end, or mends it.</summary>
    public void Link(bool up) => Do("-n", _second, "link", "set", _second, up ? "up" : "down");

    /// <summary>Numbers of the processes that run on either host.</summary>
    public string[] Processes() =>
    [
        .. ((string[])[_first, _second]).SelectMany(name =>
            Output("netns", "pids", name).Split('\n', StringSplitOptions.RemoveEmptyEntries))
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = Ip("netns", "del", _first); // the cable goes with its end
        _ = Ip("netns", "del", _second);
    }

    private string Name(int host) => host == 0 ? _first : _second;

    private void Prepare(string name, string address)
    {
        Do("-n", name, "addr", "add", $"{address}/24", "dev", name);
        Do("-n", name, "link", "set", name, "up");
        Do("-n", name, "link", "set", "lo", "up");
    }

    private static void Do(params string[] arguments) => Ip(arguments).ShouldBeNull(string.Join(' ', arguments));

    private static string Output(params string[] arguments)
    {
        (int code, string output, string error) = Run(arguments);
        code.ShouldBe(0, error);
        return output;
    }

    /// <summary>Runs <c>ip</c>; what it said if it failed, else null.</summary>
    private static string? Ip(params string[] arguments)
    {
        try
        {
            (int code, _, string error) = Run(arguments);
            return code == 0 ? null : $"{error} (exit code {code})";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }

    private static (int Code, string Output, string Error) Run(string[] arguments)
    {
        using Process ip = Process.Start(
            new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = ip.StandardOutput.ReadToEndAsync(), error = ip.StandardError.ReadToEndAsync();
        ip.WaitForExit();
        return (ip.ExitCode, output.Result, error.Result.Trim());
    }
}
