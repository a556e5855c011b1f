using System.Diagnostics;
using System.Text;
using RfDetr.Tests.Images;

namespace RfDetr.Tests.Cli;

/// <summary>The program as users start it; also for what the environment decides.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task The_program_detects_and_returns_its_code()
    {
        using var folder = new TemporaryFolder();
        CliRun run = await Start(folder, "detect", Goldens.Path("images/reference.png"), "--json", "-");
        run.Code.ShouldBe(0, run.Error);
        run.Json.GetProperty("images")[0].GetProperty("width").GetInt32().ShouldBe(97);
        (await Start(folder, "detect", "--nonsense")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task The_annotated_image_lies_where_a_newcomer_is_told()
    {
        using var folder = new TemporaryFolder();
        CliRun run = await Start(folder, "detect", Goldens.Path("images/reference.png"));
        run.Code.ShouldBe(0, run.Error);
        run.Out.ShouldContain("out/detect");
        run.Error.ShouldContain("drawn scenes only");
        File.Exists(folder["out/detect/reference.png"]).ShouldBeTrue();
    }

    [Fact]
    public async Task Download_without_the_network_says_what_is_missing()
    {
        using var folder = new TemporaryFolder();
        CliRun run = await Start(folder, "download", "nano", "--offline");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("rf-detr-nano.pth");
        run.Error.ShouldContain("--offline");
    }

    [Fact]
    public async Task Download_asks_for_a_license_to_be_accepted()
    {
        using var folder = new TemporaryFolder();
        CliRun run = await Start(folder, "download", "xlarge");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("PML-1.0");
        run.Error.ShouldContain("--accept-license");
    }

    [Fact]
    public async Task A_server_without_the_file_is_told()
    {
        using var folder = new TemporaryFolder();
        await using var server = new OneAnswerServer(
            Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        CliRun run = await Start(folder, server.Address, "download", "nano", "--json");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("404");
        run.Out.ShouldBeEmpty();
    }

    [SkippableTheory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    [Trait("Duration", "Long")]
    public async Task A_signal_in_the_middle_leaves_no_half_results(string signal, int code)
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are Unix's");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["in"]);
        for (int i = 0; i < 3000; i++)
            File.Copy(Goldens.Path("images/reference.png"), folder[$"in/{i:0000}.png"]);
        Directory.CreateDirectory(folder["out"]);
        File.WriteAllText(folder["out/detections.json"], "old");
        string[] args =
            ["detect", folder["in"], "--output", folder["out"], "--no-images", "--format", "json", "--format", "csv"];
        ProcessStartInfo start = StartInfo(folder, new Uri("http://127.0.0.1:9/"), args, []);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        while (!process.HasExited && Directory.GetFiles(folder["out"], ".detections.csv.*").Length == 0)
            await Task.Delay(20);

        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(code, await output + await error);
        Directory.GetFileSystemEntries(folder["out"]).Select(Path.GetFileName).ShouldBe(["detections.json"]);
        File.ReadAllText(folder["out/detections.json"]).ShouldBe("old");
    }

    // Builds of ONNX Runtime for Linux keep an identifier and a database of events below the home directory unless they are told
    // not to.
    [Fact]
    public async Task Onnx_runtime_leaves_nothing_in_the_home_directory()
    {
        using var folder = new TemporaryFolder();
        string image = Goldens.Path("images/reference.png"), home = Directory.CreateDirectory(folder["user"]).FullName;
        CliRun run = await Start(
            folder, new Uri("http://127.0.0.1:9/"), ["detect", image, "--engine", "onnxruntime", "--json", "-"],
            new()
            {
                ["HOME"] = home,
                ["USERPROFILE"] = home,
                ["XDG_CACHE_HOME"] = null,
                ["XDG_DATA_HOME"] = null,
                ["ORT_DISABLE_TELEMETRY"] = null
            });
        run.Code.ShouldBe(0, run.Error);
        run.Json.GetProperty("images").GetArrayLength().ShouldBe(1);
        run.Error.ShouldNotContain("onnxruntime:", Case.Sensitive, "its messages go to our log");
        Directory.EnumerateFileSystemEntries(home, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Help_into_a_pipe_that_nobody_reads_any_more_complains_of_nothing()
    {
        Skip.If(OperatingSystem.IsWindows(), "the console keeps silent there");
        using var folder = new TemporaryFolder();
        using Process process = Process.Start(StartInfo(folder, new Uri("http://127.0.0.1:9/"), ["track", "--help"], []))!;
        process.StandardOutput.Close();
        (await process.StandardError.ReadToEndAsync()).ShouldBeEmpty();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task A_missing_library_is_one_error_with_the_packages_to_add()
    {
        using var folder = new TemporaryFolder();
        CliRun run =
            await Start(folder, "detect", Goldens.Path("images/reference.png"), "--onnxruntime", "/nowhere/libonnxruntime.so");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("dotnet add package RfDetr.OnnxRuntime");
        run.Error.ShouldContain("dotnet add package Microsoft.ML.OnnxRuntime");
        run.Error.ShouldNotContain(" at RfDetr.", Case.Sensitive, "no stack trace");
    }

    private static Task<CliRun> Start(TemporaryFolder folder, params string[] args) =>
        Start(folder, new Uri("http://127.0.0.1:9/"), args);

    private static Task<CliRun> Start(TemporaryFolder folder, Uri mirror, params string[] args) =>
        Start(folder, mirror, args, []);

    private static async Task<CliRun> Start(
        TemporaryFolder folder, Uri mirror, string[] args, Dictionary<string, string?> variables)
    {
        using Process process = Process.Start(StartInfo(folder, mirror, args, variables))!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await error);
    }

    private static ProcessStartInfo StartInfo(
        TemporaryFolder folder, Uri mirror, string[] args, Dictionary<string, string?> variables)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

        // Tests that a shell runs in the background are started with SIGINT ignored, and so would be what they start.
        var start = new ProcessStartInfo(OperatingSystem.IsLinux() ? "env" : host)
        {
            WorkingDirectory = folder["."],
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        string[] beginning = OperatingSystem.IsLinux() ? ["--default-signal=INT", host] : [];
        foreach (string arg in (string[])[.. beginning, Path.Combine(AppContext.BaseDirectory, "RfDetr.Cli.dll"), .. args])
            start.ArgumentList.Add(arg);
        start.Environment["RFDETR_HOME"] = folder["home"];
        start.Environment["RFDETR_WEIGHTS_URL"] = mirror.ToString();
        foreach ((string name, string? value) in variables)
            start.Environment[name] = value;
        return start;
    }
}
