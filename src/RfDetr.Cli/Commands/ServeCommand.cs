using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>
/// <c>rfdetr serve</c>: hands over to the server, a program of its own, so that the other verbs start as quickly as without it.
/// </summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    private const string Program = "rfdetr-serve", Variable = "RFDETR_SERVE";

    /// <summary>The verb as the help text shows it; its arguments are the server's own.</summary>
    public static Command Create() =>
        new Verb(Name, "Serve models over HTTP, with a page to try them (its options: rfdetr serve --help).", _ => Missing());

    /// <summary>Runs the server until it ends.</summary>
    /// <param name="args">The arguments behind the verb.</param>
    /// <param name="cancellationToken">Has the server end: it drains.</param>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (Find() is not { } program)
            return await Missing().ConfigureAwait(false);
        ProcessStartInfo start = program.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo(DotnetHost(), [program, .. args])
            : new ProcessStartInfo(program, args);
        using Process server = Process.Start(start)!;
        // The signal that ended the wait reached the server too if it came from a terminal; one that was sent to this process did
        // not.
        using CancellationTokenRegistration stop = cancellationToken.Register(() => Terminate(server));
        await server.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return server.ExitCode;
    }

    /// <summary>
    /// The program <c>dotnet</c>: this one, or the one whose runtime this program runs on. An installed tool is started by a file
    /// of its own name, and <c>dotnet</c> need not be on the path.
    /// </summary>
    internal static string DotnetHost()
    {
        string file = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } own && Path.GetFileName(own).Equals(file, StringComparison.OrdinalIgnoreCase))
            return own;
        // …/dotnet/shared/Microsoft.NETCore.App/10.0.0/
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string beside = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", file));
        return File.Exists(beside) ? beside : file;
    }

    // Named by the variable, else beside this program.
    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        string file = OperatingSystem.IsWindows() ? Program + ".exe" : Program;
        string[] places =
        [
            .. named is null ? (string[])[] : [named], Path.Combine(AppContext.BaseDirectory, file),
            Path.Combine(AppContext.BaseDirectory, Program + ".dll"),
        ];
        return places.FirstOrDefault(File.Exists);
    }

    private static Task<int> Missing() => throw new FileNotFoundException(
        $"the server is a program of its own, '{Program}', and it is not beside this one; name it with {Variable}, or start it "
        + "from a checkout with: ./rfdetr serve");

    private static void Terminate(Process server)
    {
        try
        {
            // .NET can only kill; the program "kill" sends SIGTERM, at which the server drains.
            using Process? kill = OperatingSystem.IsWindows()
                ? null
                : Process.Start("kill", ["-TERM", server.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
