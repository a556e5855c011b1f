using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>
/// Writing that fails half-way, as on a full disk: a limit on the size of files makes it so without a disk of one's own.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class FullDiskTests
{
    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task ACheckpointThatCannotBeWrittenLeavesTheLastOneWhole()
    {
        TinyRun.RequireTorch();
        Skip.IfNot(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "limits the size of files with the shell's ulimit");
        using var folder = new TemporaryFolder();
        TrainOptions options =
            TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"]).With(("epochs", 1), ("threads", 1));
        using (TrainingProcess first = TrainingProcess.Start(options))
            first.Wait().ShouldBe(0, first.Errors);
        string checkpoint = Path.Combine(folder["run"], "checkpoint.pth");
        byte[] before = File.ReadAllBytes(checkpoint);
        string[] files = Directory.GetFiles(folder["run"]);

        using (TrainingProcess cramped = TrainingProcess.StartWithFileLimit(options, before.Length / 2, "--epochs", "2"))
        {
            cramped.Wait().ShouldBe(1);
            cramped.Errors.ShouldContain($"error: '{checkpoint}' could not be written");
            cramped.Errors.ShouldContain("what it held before is untouched");
            cramped.Errors.ShouldNotContain("internal error");
        }

        File.ReadAllBytes(checkpoint).ShouldBe(before);
        Directory.GetFiles(folder["run"]).ShouldBe(files, ignoreOrder: true);
        using TrainingProcess again = TrainingProcess.Start(options, "--epochs", "2");
        again.Wait().ShouldBe(0, again.Errors);
        File.ReadAllBytes(checkpoint).ShouldNotBe(before);
    }
}
