using RfDetr.Checkpoints;

namespace RfDetr.Tests.Loading;

public sealed class BuiltInModelTests
{
    public static TheoryData<string> Names => [.. BuiltInModels.Names];

    [Fact]
    public void The_demonstration_is_always_there_and_first()
    {
        BuiltInModels.Names[0].ShouldBe("demo");
        BuiltInModels.Names.ShouldBeUnique();
        BuiltInModels.Open("nano").ShouldBeNull();
        BuiltInModels.Open("Demo").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_describes_itself_completely(string name)
    {
        using Checkpoint file = BuiltInModels.Open(name).ShouldNotBeNull();

        file.Length.ShouldBeLessThanOrEqualTo(12 << 20);
        InferredConfig inferred = ConfigInference.Explain(file);
        inferred.Warnings.ShouldBeEmpty();
        ClassMap classes = ClassMapRules.Find(file);
        classes.ClassLogits.ShouldBe(inferred.Config.ClassLogits);
        classes.Source.ShouldStartWith("stored with the checkpoint");
        file.Args["dataset_dir"].ShouldBeNull();
        file.Args["output_dir"].ShouldBeNull();
        BuiltInModels.Named(inferred.Config, name).Variant.ShouldBe(name);
        BuiltInModels.Named(inferred.Config, "other").Variant.ShouldBe(inferred.Config.Variant);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_is_shown_by_inspect(string name)
    {
        var found = ModelInspection.Of(name);

        found.File.ShouldBe(name);
        found.Variant.ShouldBe(name);
        found.Container.ShouldBe(nameof(CheckpointFormat.Safetensors));
        found.License.ShouldBe("Apache-2.0");
        found.Bytes.ShouldBe(BuiltInModels.Bytes(name).Length);
        found.Warnings.ShouldBeEmpty();
    }
}
