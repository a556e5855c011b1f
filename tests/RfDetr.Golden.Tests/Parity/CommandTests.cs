using System.Text.Json;
using RfDetr.Cli;

namespace RfDetr.Tests.Parity;

/// <summary>The verbs over the library: arguments, JSON, exit codes.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Goldens_as_json_have_every_stage()
    {
        (int code, string output, _) = await Run("parity", "--goldens", Goldens.Path("forward/nano-128.safetensors"), "--json");

        code.ShouldBe(0);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        json.GetProperty("ok").GetBoolean().ShouldBeTrue();
        JsonElement[] stages = [.. json.GetProperty("stages").EnumerateArray()];
        stages.Length.ShouldBe(12);
        stages[0].GetProperty("file").GetString().ShouldBe("nano-128.safetensors");
        stages[0].GetProperty("stage").GetString().ShouldBe("backbone.0");
        stages.ShouldAllBe(s =>
            s.GetProperty("ok").GetBoolean()
                && s.GetProperty("max_abs_error").GetDouble() <= s.GetProperty("tolerance").GetDouble());
    }

    [Fact]
    public async Task A_tolerance_nothing_meets_fails_and_names_the_first_stage()
    {
        await Run("parity", "--weights", "demo", "--write-bundle", _folder["b.safetensors"]);

        (int code, string output, string error) = await Run(
            "parity", "--weights", "demo", "--bundle", _folder["b.safetensors"], "--engine", "host", "--tolerance", "1e-12");

        code.ShouldBe(1);
        error.ShouldContain("first stage that differs is backbone.0");
        output.ShouldContain("differs");
        output.ShouldContain("0 of 1 files agree");
    }

    [Theory]
    [InlineData("parity")]
    [InlineData("parity", "--weights", "demo")]
    [InlineData("parity", "--goldens", "x", "--weights", "demo")]
    [InlineData("export", "demo")]
    [InlineData("export", "demo", "--output", "x.onnx", "--batch", "0")]
    [InlineData("export", "demo", "--output", "x.onnx", "--resolution", "250x240")]
    public async Task Wrong_use_is_code_two(params string[] args) => (await Run(args)).Code.ShouldBe(2);

    [Fact]
    public async Task Export_and_inspect_work_together()
    {
        (int code, string output, _) = await Run(
            "export", FormulaModel.Path, "--output", _folder["sub/m.onnx"], "--precision", "fp16", "--resolution", "120x240",
            "--batch", "dynamic", "--json");
        code.ShouldBe(0);
        JsonDocument.Parse(output).RootElement.GetProperty("bytes")
            .GetInt64().ShouldBe(new FileInfo(_folder["sub/m.onnx"]).Length);

        (code, output, _) = await Run("inspect", _folder["sub/m.onnx"], "--json");
        code.ShouldBe(0);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        json.GetProperty("width").GetInt32().ShouldBe(240);
        json.GetProperty("classes")[0].GetProperty("name").GetString().ShouldBe("ball");

        (code, output, _) = await Run("inspect", _folder["sub/m.onnx"]);
        code.ShouldBe(0);
        output.ShouldContain("SHA-256");
        output.ShouldContain("bottle");
    }

    [Fact]
    public async Task Inspect_lists_tensors_and_says_when_classes_are_unknown()
    {
        (int code, string output, _) = await Run("inspect", Goldens.Path("checkpoints/weights_only.pth"), "--tensors");

        code.ShouldBe(0);
        output.ShouldContain("unknown: pass --class-names");
        output.ShouldContain("warning:");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CliApp.RunAsync(args, output, error, Stream.Null);
        return (code, output.ToString(), error.ToString());
    }
}
