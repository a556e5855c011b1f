using RfDetr.Data;

namespace RfDetr.Tests.Demo;

/// <summary>The model that is always there.</summary>
public sealed class DemoModelTests
{
    [Fact]
    public void It_knows_the_classes_that_scenes_are_made_of() =>
        DemoModel.Classes.Entries.Select(e => e.Name).ShouldBe(SceneGenerator.ClassNames);

    [Fact]
    public void An_exported_copy_still_says_that_it_is_untrained()
    {
        using var folder = new TemporaryFolder();
        string path = folder["demo.onnx"];
        _ = Exporter.Export(DemoModel.Name, path);
        using Detector detector = Detector.Load(path);
        detector.Model.IsUntrained.ShouldBeTrue();
        detector.Model.Classes.Entries.Count.ShouldBe(SceneGenerator.ClassNames.Count);
    }
}
