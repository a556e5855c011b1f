namespace RfDetr.Tests.Results;

public sealed class UniqueNamesTests
{
    [Fact]
    public void No_two_names_are_alike_whatever_case_and_ending()
    {
        var names = new UniqueNames();
        string[] sources =
        [
            "a/1.jpg", "b/1.png", "c/b/1.jpg", "d/b/1.JPG", "B/1.webp", "1.gif", "-", "https://host/x/cat%20y.jpg?size=3"
        ];
        string[] stems = [.. sources.Select(names.StemFor)];
        stems.ShouldBe(["1", "b_1", "b_1-2", "b_1-3", "B_1-4", "1-2", "stdin", "cat y"]);
    }

    [Theory]
    [InlineData("a/b:c", "a_b_c")]
    [InlineData("..", "image")]
    [InlineData("", "image")]
    [InlineData("tab\there", "tab_here")]
    public void Names_are_safe_on_every_system(string text, string expected) => UniqueNames.Clean(text).ShouldBe(expected);
}
