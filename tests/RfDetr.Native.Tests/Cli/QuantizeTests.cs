using System.Text.Json;

namespace RfDetr.Tests.Cli;

/// <summary>
/// <c>rfdetr quantize</c> on a small network and drawn scenes: the whole way from a checkpoint to a file that runs in int8.
/// </summary>
public sealed class QuantizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    [Trait("Duration", "Long")]
    public async Task A_quantized_file_is_small_says_what_it_is_and_runs()
    {
        (
            await CliRun.Of("data", "synth", "--output", _folder["data/valid"], "--count", "2", "--size", "96x96", "--seed", "5"))
            .Code.ShouldBe(0);
        CliRun run = await CliRun.Of(
            "quantize", "--model", FormulaModel.Path, "--data", _folder["data"], "--output", _folder["q.safetensors"], "--images",
            "1", "--activations", "calibrated", "--activation-bits", "7", "--json", "-");
        run.Code.ShouldBe(0, run.Error);
        run.Error.ShouldContain("2 images, fewer than the 100 wanted");
        JsonElement policy = run.Json.GetProperty("quantization");
        policy.GetProperty("calibration_pictures").GetInt32().ShouldBe(2);
        policy.GetProperty("activation_bits").GetInt32().ShouldBe(7);
        policy.GetProperty("calibration_sha256").GetString()!.Length.ShouldBe(64);
        policy.GetProperty("measured").GetString().ShouldBe("AP of masks on 1 images of 'valid'");
        policy.GetProperty("blocks")
            .EnumerateArray().Select(b => b.GetProperty("name").GetString()).ShouldContain("encoder.5.mlp");
        policy.GetProperty("blocks").EnumerateArray().Sum(b => b.GetProperty("share").GetDouble()).ShouldBeInRange(0.5, 1);
        run.Json.GetProperty("bytes").GetInt64().ShouldBeLessThan(new FileInfo(FormulaModel.Path).Length / 3);

        CliRun inspected = await CliRun.Of("inspect", _folder["q.safetensors"], "--json", "-");
        JsonElement.DeepEquals(inspected.Json.GetProperty("quantization"), policy).ShouldBeTrue();
        string image = Directory.GetFiles(_folder["data/valid"], "*.jpg").Order().First();
        CliRun found = await CliRun.Of(
            "detect", image, "--model", _folder["q.safetensors"], "--engine", "cpu", "--threshold", "0.01", "--json", "-");
        found.Code.ShouldBe(0, found.Error);
        using (var detector = Detector.Load(_folder["q.safetensors"], null, new Engine.Cpu()))
            detector.Model.Engine.ShouldEndWith(", int8");

        (
            await CliRun.Of("export", _folder["q.safetensors"], "--precision", "int8", "--output", _folder["q.onnx"]))
            .Code.ShouldBe(0);
        (await CliRun.Of("detect", image, "--model", _folder["q.onnx"], "--json", "-")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_policy_on_the_checkpoint_gives_what_the_file_with_it_gives()
    {
        (
            await CliRun.Of("data", "synth", "--output", _folder["data/valid"], "--count", "1", "--size", "96x96", "--seed", "6"))
            .Code.ShouldBe(0);
        byte[] image = File.ReadAllBytes(Directory.GetFiles(_folder["data/valid"], "*.jpg").Single());
        var policy = ModelQuantizer.Calibrate("demo", []) with
        {
            Blocks = [.. ModelQuantizer.Blocks("demo").Select(b => b with { IsInt8 = b.Name != "encoder.2.mlp" })]
        };
        ModelQuantizer.Write("demo", _folder["q.safetensors"], policy);
        float[] inFloat = Numbers("demo", QuantizationPolicy.None), written = Numbers(_folder["q.safetensors"], null);
        Numbers("demo", policy).ShouldBe(written);
        Numbers(_folder["q.safetensors"], policy).ShouldBe(written);
        written.ShouldNotBe(inFloat);

        float[] Numbers(string model, QuantizationPolicy? quantization)
        {
            using var detector = Detector.Load(model, new ModelOptions { Quantization = quantization }, new Engine.Cpu());
            return
            [
                .. detector.Detect(image.AsMemory(), new DetectOptions { ScoreThreshold = 0.05f }).Items.SelectMany(d =>
                    new[] { d.Score, d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2 })
            ];
        }
    }

    [Fact]
    public async Task Int8_without_a_policy_and_other_misuse_is_refused_before_any_work()
    {
        (
            await CliRun.Of("export", "demo", "--precision", "int8", "--output", _folder["x.onnx"]))
            .Error.ShouldContain("rfdetr quantize");
        CliRun wrong = await CliRun.Of("quantize", "--model", "demo", "--data", _folder["none"], "--output", _folder["q.pth"]);
        wrong.Code.ShouldNotBe(0);
        wrong.Error.ShouldContain(".safetensors");
        wrong = await CliRun.Of(
            "quantize", "--model", "demo", "--data", _folder["none"], "--output", _folder["q.safetensors"], "--activation-bits",
            "6");
        wrong.Code.ShouldNotBe(0);
        wrong.Error.ShouldContain("activation-bits");
    }

    public void Dispose() => _folder.Dispose();
}
