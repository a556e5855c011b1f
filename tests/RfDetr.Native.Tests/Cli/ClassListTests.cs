
namespace RfDetr.Tests.Cli;

/// <summary>Classes can be named whatever they are called.</summary>
public class ClassListTests
{
    private static readonly ClassMap s_classes = new(
        6, [new(0, "ball"), new(1, "cone, small"), new(2, "it's"), new(3, "a\\b"), new(4, "say \"hi\", twice"),
            new(5, "id:0")], "a test");

    [Theory]
    [InlineData("cone, small", new[] { "cone, small" })]
    [InlineData(" Cone, Small ", new[] { "cone, small" })]
    [InlineData("\"cone, small\"", new[] { "cone, small" })]
    [InlineData("'cone, small'", new[] { "cone, small" })]
    [InlineData("cone\\, small", new[] { "cone, small" })]
    [InlineData("ball,\"cone, small\"", new[] { "ball", "cone, small" })]
    [InlineData("ball, it's", new[] { "ball", "it's" })]
    [InlineData("it's,ball", new[] { "it's", "ball" })]
    [InlineData("a\\b", new[] { "a\\b" })]
    [InlineData("say \"hi\", twice", new[] { "say \"hi\", twice" })]
    [InlineData("id:1,ball", new[] { "cone, small", "ball" })]
    [InlineData("id:0", new[] { "id:0" })]
    [InlineData("ball,ball", new[] { "ball" })]
    public void Finds(string value, string[] expected) => ClassList.Resolve([value], s_classes, "--classes").ShouldBe(expected);

    [Theory]
    [InlineData("cone")]
    [InlineData("small")]
    [InlineData("ball,cone")]
    [InlineData("id:9")]
    public void Names_what_is_there(string value) =>
        Should.Throw<ArgumentException>(() => ClassList.Resolve([value], s_classes, "--classes"))
        .Message.ShouldContain("it has ball, \"cone, small\", it's");

    [Fact]
    public void A_single_class_may_stand_in_quotes() =>
        ClassList.One("\"cone, small\"", s_classes, "--class-threshold").ShouldBe("cone, small");
}
