using System.Diagnostics;
using System.Globalization;

namespace RfDetr.Bench;

/// <summary>The command line as processes of their own.</summary>
internal static class ChildProcesses
{
    /// <summary>
    /// Processor time of processes that were started here and have ended, in seconds: fields 16 and 17 of /proc/self/stat.
    /// </summary>
    public static double ProcessorSeconds()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Field(13) + Field(14)) / 100;

        double Field(int at) => double.Parse(fields[at], CultureInfo.InvariantCulture);
    }

    /// <summary>Starts the command line's assembly; what it writes must be read.</summary>
    public static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
}
