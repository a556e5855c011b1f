using RfDetr.Tests.Cli;

namespace RfDetr.Tests.Demo;

/// <summary>The model that is always there.</summary>
public sealed class DemoModelTests
{
    [Fact]
    public void Its_classes_are_some_that_scenes_are_made_of()
    {
        using Detector detector = Detector.Load(BuiltInModels.Default);

        string[] names = [.. detector.Model.Classes.Entries.Select(e => e.Name)];
        names.ShouldBe(SceneGenerator.ClassNames.Where(names.Contains));
        names.Length.ShouldBeGreaterThanOrEqualTo(6);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("onnxruntime")]
    public async Task It_finds_what_is_in_scenes_it_has_never_seen(string engine)
    {
        using var folder = new TemporaryFolder();
        (await CliRun.Of(
            "data", "synth", "--output", folder["set/valid"], "--count", "24", "--seed", "31", "--size", "224x224", "--min-size",
            "60", "--max-objects", "4",
            "--min-visible", "0.5", "--classes", "ball,cube,cone,ring,star,mug")).Code.ShouldBe(0);

        CliRun run = await CliRun.Of(
            "eval", "--model", BuiltInModels.Default, "--data", folder["set"], "--split", "valid", "--engine", engine, "--json",
            "-");

        run.Code.ShouldBe(0, run.Error);
        // Chance is below 0.01; on 300 scenes it is above 0.85 for both.
        foreach (string kind in (string[])["bbox", "segm"])
            run.Json.GetProperty(kind).GetProperty("stats")[1].GetDouble().ShouldBeGreaterThan(0.7, kind);
    }
}
