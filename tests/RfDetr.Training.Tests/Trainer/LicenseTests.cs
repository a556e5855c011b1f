using RfDetr.Checkpoints;
using RfDetr.Cli;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>Weights under a license that must be accepted ask for it before training as they do before detection.</summary>
public sealed class LicenseTests
{
    [Theory]
    [InlineData("xlarge")]
    [InlineData("2xlarge")]
    public void ANameAsksBeforeAnythingElse(string model)
    {
        var options = new TrainOptions { Model = new() { Start = model } };
        Should.Throw<LicenseNotAcceptedException>(() => StartingPoint.Open(options)).License.Id.ShouldBe("PML-1.0");
    }

    [Fact]
    public void AnAcceptedNameIsLookedUpInTheCache()
    {
        var options = new TrainOptions { Model = new() { Start = "xlarge" } };
        try
        {
            StartingPoint.Open(options, acceptLicense: true).Dispose(); // where somebody has the weights
        }
        catch (FileNotFoundException e)
        {
            e.Message.ShouldContain("rfdetr download xlarge");
        }
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task TheCommandLineAsksInTheSameWords()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        using StringWriter train = new(), detect = new();

        int code = await CliApp.RunAsync(
            ["train", "--model", "xlarge", "--data", data, "--output", folder["run"]], TextWriter.Null, train, Stream.Null);
        int other = await CliApp.RunAsync(
            ["detect", Directory.GetFiles(Path.Combine(data, "valid"), "*.jpg")[0], "--model", "xlarge"], TextWriter.Null, detect,
            Stream.Null);

        code.ShouldBe(other);
        train.ToString().ShouldBe(detect.ToString());
        train.ToString().ShouldContain("--accept-license");
    }
}
