using System.Text.Json;
using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Tests.Cli;

/// <summary><c>diff</c> of a model against itself and against a copy with disturbed class weights.</summary>
public sealed class DiffTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _images = [Goldens.Path("images/reference.png"), Goldens.Path("images/baseline.jpg")];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Against_itself_nothing_is_lost_or_new()
    {
        CliRun run = await CliRun.Of(
            [
                "diff", FormulaModel.Path, FormulaModel.Path, "--images", .. _images, "--threshold", "0.3", "--json", "-",
                "--report", _folder["d.html"]
            ]);
        run.Code.ShouldBe(0, run.Error);
        JsonElement total = run.Json.GetProperty("total");
        total.GetProperty("matched").GetInt32().ShouldBeGreaterThan(5);
        (total.GetProperty("lost").GetInt32(), total.GetProperty("new").GetInt32()).ShouldBe((0, 0));
        (
            total.GetProperty("box_iou").GetDouble(), total.GetProperty("score_change").GetDouble(),
            total.GetProperty("mask_iou").GetDouble()).ShouldBe((1, 0, 1));
        (await File.ReadAllTextAsync(_folder["d.html"])).ShouldContain("No image differs");
    }

    [Fact]
    public async Task Against_a_disturbed_copy_the_gallery_shows_what_changed()
    {
        string original = Save("original", 0), disturbed = Save("disturbed", 0.25f);
        CliRun run = await CliRun.Of(
            [
                "diff", original, disturbed, "--images", .. _images, "--threshold", "0.4", "--json", _folder["d.json"],
                "--report", _folder["d.html"], "--gallery", "1"
            ]);
        run.Code.ShouldBe(0, run.Error);
        JsonElement root = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["d.json"])).RootElement;
        JsonElement total = root.GetProperty("total");
        (total.GetProperty("lost").GetInt32() + total.GetProperty("new").GetInt32()).ShouldBeGreaterThan(0);
        total.GetProperty("score_change").GetDouble().ShouldBeGreaterThan(0.001);
        double[] severity = [.. root.GetProperty("images").EnumerateArray().Select(i => i.GetProperty("severity").GetDouble())];
        severity.ShouldBe(severity.OrderDescending());
        root.GetProperty("classes")
            .EnumerateArray().Sum(c => c.GetProperty("lost").GetInt32()).ShouldBe(total.GetProperty("lost").GetInt32());
        string page = await File.ReadAllTextAsync(_folder["d.html"]);
        page.Split("data:image/jpeg;base64,").Length.ShouldBe(3, "one image, drawn twice");
        page.ShouldNotContain("http");
        run.Out.ShouldContain("lost");
    }

    [Fact]
    public async Task A_bad_image_is_told_and_the_others_are_done()
    {
        CliRun run = await CliRun.Of(
            "diff", FormulaModel.Path, FormulaModel.Path, "--images", _images[0], Goldens.Path("images/truncated.jpg"), "--json",
            "-");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("truncated.jpg");
        run.Json.GetProperty("images").EnumerateArray().Count(i => i.TryGetProperty("error", out _)).ShouldBe(1);
        run.Json.GetProperty("images").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Without_images_there_is_nothing_to_compare() =>
        (await CliRun.Of("diff", FormulaModel.Path, FormulaModel.Path)).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(2), run => run.Error.ShouldContain("--images"));

    /// <summary>The model with its class weights disturbed.</summary>
    private string Save(string name, float noise)
    {
        string path = _folder[name + ".safetensors"];
        using Checkpoint checkpoint = Checkpoint.Open(FormulaModel.Path);
        SafetensorsWriter.Write(path, CheckpointContent.Of(checkpoint) with { Weights = new Disturbed(checkpoint, noise) });
        return path;
    }

    private sealed class Disturbed(IWeightSource weights, float noise) : IWeightSource
    {
        public IReadOnlyCollection<string> Names => weights.Names;

        public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HostTensor? tensor)
        {
            if (!weights.TryGet(name, out tensor))
                return false;
            var random = new Random(3);
            if (name is "class_embed.weight" or "class_embed.bias")
                tensor = HostTensor.Of(
                    [.. tensor.ToSingles().Select(v => v * (1 + noise * (2 * random.NextSingle() - 1)))], [.. tensor.Shape]);
            return true;
        }
    }
}
