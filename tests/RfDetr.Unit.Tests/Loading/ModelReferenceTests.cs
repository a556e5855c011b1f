namespace RfDetr.Tests.Loading;

/// <summary>Meaning of a model argument, by one set of rules for all.</summary>
public sealed class ModelReferenceTests
{
    [Theory]
    [InlineData("demo", typeof(ModelReference.BuiltIn))]
    [InlineData("nano", typeof(ModelReference.Hosted))]
    [InlineData("seg-2xlarge", typeof(ModelReference.Hosted))]
    [InlineData("nano.pth", typeof(ModelReference.CheckpointFile))]
    [InlineData("runs/best", typeof(ModelReference.CheckpointFile))]
    [InlineData("runs\\best", typeof(ModelReference.CheckpointFile))]
    [InlineData("model.onnx", typeof(ModelReference.Onnx))]
    [InlineData("folder/MODEL.ONNX", typeof(ModelReference.Onnx))]
    public void Texts_mean_one_thing(string text, Type expected)
    {
        var reference = ModelReference.Parse(text);
        reference.ShouldBeOfType(expected);
        reference.Text.ShouldBe(text);
    }

    [Fact]
    public void A_file_needs_no_ending()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["weights"], "");
        ModelReference.Parse(folder["weights"]).ShouldBeOfType<ModelReference.CheckpointFile>();
    }

    [Fact]
    public void An_unknown_name_has_near_ones_and_a_missing_file_is_said_to_be_missing()
    {
        Should.Throw<ArgumentException>(() => ModelReference.Parse("nanoo")).Message.ShouldContain("nano");
        Should.Throw<FileNotFoundException>(() =>
            ModelReference.Parse("no/such.pth").Locate(false)).Message.ShouldBe("there is no model file 'no/such.pth'");
        Should.Throw<FileNotFoundException>(() =>
            Detector.Load("no/such.onnx").Dispose()).Message.ShouldBe("there is no model file 'no/such.onnx'");
        ModelReference.Parse("demo").Locate(false).ShouldBeNull();
        Should.Throw<ArgumentException>(() =>
            ModelReference.Parse("a.onnx").OpenCheckpoint(false, false)).Message.ShouldContain("ONNX");
    }
}
