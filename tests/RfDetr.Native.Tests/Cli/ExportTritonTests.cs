using System.Text.Json;

namespace RfDetr.Tests.Cli;

/// <summary>
/// <c>rfdetr export --triton</c>: every option reaches the repository, and a wrong line is refused before any work.
/// </summary>
public sealed class ExportTritonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Every_option_reaches_the_repository()
    {
        CliRun run = await CliRun.Of(
            "export", "demo", "--triton", _folder["models"], "--triton-name", "scenes", "--triton-max-batch", "5",
            "--triton-delay", "9", "--triton-device", "cpu", "--triton-instances", "3", "--json", "-");

        run.Code.ShouldBe(0, run.Error);
        JsonElement triton = run.Json.GetProperty("triton");
        triton.GetProperty("name").GetString().ShouldBe("scenes");
        triton.GetProperty("version").GetInt32().ShouldBe(1);
        run.Json.GetProperty("file").GetString().ShouldBe(Path.GetFullPath(_folder["models/scenes/1/model.onnx"]));
        string config = await File.ReadAllTextAsync(triton.GetProperty("config").GetString()!);
        foreach (
            string part in (string[])[
                "max_batch_size: 5", "max_queue_delay_microseconds: 9", "kind: KIND_CPU count: 3", "name: \"scenes\""
            ])
            config.ShouldContain(part);

        CliRun again = await CliRun.Of("export", "demo", "--triton", _folder["models"], "--triton-name", "scenes");
        again.Code.ShouldBe(0, again.Error);
        again.Out.ShouldContain("model 'scenes' for Triton, version 2");
        again.Error.ShouldContain("is kept as it is");

        // The file is an export like any other.
        (await CliRun.Of("inspect", _folder["models/scenes/2/model.onnx"])).Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("give --output PATH for a file, or --triton DIR for a model repository")]
    [InlineData("--output and --triton both say where to write", "--output", "m.onnx", "--triton", "models")]
    [InlineData("--triton-… options belong to --triton", "--output", "m.onnx", "--triton-name", "m")]
    [InlineData("--triton-max-batch: '0' is not a whole number from 1 to 1024", "--triton", "models", "--triton-max-batch", "0")]
    [InlineData("Name is '../m'", "--triton", "models", "--triton-name", "../m")]
    public async Task A_wrong_line_is_refused(string message, params string[] arguments)
    {
        CliRun run = await CliRun.Of([
            "export", "demo", .. arguments.Select(a => a is "models" or "m.onnx" ? _folder[a] : a)
        ]);
        run.Code.ShouldBe(2);
        run.Error.ShouldContain(message);
        Directory.EnumerateFileSystemEntries(_folder["."]).ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();
}
