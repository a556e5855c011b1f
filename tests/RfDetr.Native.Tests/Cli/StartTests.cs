using System.Diagnostics;
using RfDetr.Cli.Commands;

/// <summary>
/// The runtime calls this before the program of a process that <see cref="RfDetr.Tests.Cli.StartTests"/> started: it writes
/// down what the process has loaded in the end.
/// </summary>
internal static class StartupHook
{
    public const string Variable = "RFDETR_TEST_ASSEMBLIES";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } file)
            return;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            File.WriteAllLines(file, AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName().Name ?? ""));
    }
}

namespace RfDetr.Tests.Cli
{
    /// <summary>The server is a program of its own, so that the other verbs start as quickly as without it.</summary>
    public class StartTests
    {
        [Fact]
        public async Task Detect_loads_nothing_of_the_server()
        {
            using var folder = new TemporaryFolder();
            string image = Goldens.Path("images/reference.png");
            var start = new ProcessStartInfo(
                "dotnet", [Path.Combine(AppContext.BaseDirectory, "RfDetr.Cli.dll"), "detect", image, "--json", folder["a.json"]])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder[""],
            };
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
            start.Environment[StartupHook.Variable] = folder["assemblies.txt"];
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0, await errors);
            File.Exists(folder["a.json"]).ShouldBeTrue();

            string[] loaded = await File.ReadAllLinesAsync(folder["assemblies.txt"]);
            loaded.ShouldContain("RfDetr.Cli");
            loaded.ShouldContain("RfDetr.Core");
            foreach (string of in (string[])
                ["Microsoft.AspNetCore", "Microsoft.Extensions", "OpenTelemetry", "Grpc", "RfDetr.Serve"])
                loaded.ShouldNotContain(name => name.StartsWith(of, StringComparison.Ordinal));
        }

        [Fact]
        public void The_command_line_does_not_refer_to_the_frameworks_of_servers()
        {
            string settings = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "RfDetr.Cli.runtimeconfig.json"));

            settings.ShouldContain("Microsoft.NETCore.App");
            settings.ShouldNotContain("AspNetCore");
        }

        [Fact]
        public void The_server_is_started_by_a_dotnet_that_is_there()
        {
            string host = ServeCommand.DotnetHost();

            Path.GetFileNameWithoutExtension(host).ShouldBe("dotnet");
            File.Exists(host).ShouldBeTrue(host);
        }
    }
}
