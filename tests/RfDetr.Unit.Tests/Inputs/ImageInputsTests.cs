namespace RfDetr.Tests.Inputs;

public sealed class ImageInputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ImageInputsTests()
    {
        foreach (string file in (string[])["p10.jpg", "p9.jpg", "note.txt", "[x].png", "a/p.PNG", "a/b/q.webp", ".hidden/r.jpg"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            File.WriteAllText(_folder[file], "");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".", "[x].png p9.jpg p10.jpg")]
    [InlineData("p*.jpg", "p9.jpg p10.jpg")]
    [InlineData("p?.jpg", "p9.jpg")]
    [InlineData("*/*", "a/p.PNG")]
    [InlineData("**", "[x].png a/b/q.webp a/p.PNG p9.jpg p10.jpg")]
    [InlineData("**/*.webp", "a/b/q.webp")]
    [InlineData("a/**/b/*", "a/b/q.webp")]
    [InlineData(".hidden/*", ".hidden/r.jpg")]
    [InlineData("[x].png", "[x].png")]
    [InlineData("note.txt", "note.txt")]
    [InlineData("missing.jpg", "missing.jpg")]
    public void An_input_becomes_its_images(string input, string expected) =>
        Expand(false, input).ShouldBe(expected.Split(' '), ignoreOrder: true);

    [Fact]
    public void Numbers_in_names_count_by_value() => Expand(false, "p*").ShouldBe(["p9.jpg", "p10.jpg"]);

    [Fact]
    public void Order_is_total_and_does_not_overflow()
    {
        string[] names =
        [
            "", "07", "7", "8", "12345678901234567890123", "99999999999999999999999", "a", "a1", "a1b", "a2", "a10", "b"
        ];
        names.Reverse().Order(NaturalOrder.Instance).ShouldBe(names);
    }

    [Fact]
    public void Each_image_comes_once_in_the_order_given() =>
        Expand(
            false, "p10.jpg", "p*.jpg", "./p9.jpg", "-", "-", "https://host/p9.jpg")
            .ShouldBe(["p10.jpg", "p9.jpg", "-", "https://host/p9.jpg"]);

    [Fact]
    public void Recursive_leaves_hidden_folders_out() =>
        Expand(true, ".").ShouldBe(["[x].png", "a/b/q.webp", "a/p.PNG", "p9.jpg", "p10.jpg"], ignoreOrder: true);

    [Fact]
    public void Nothing_found_is_an_error_with_the_cure()
    {
        Directory.CreateDirectory(_folder["empty"]);
        Should.Throw<FileNotFoundException>(() => Expand(false, "empty")).Message.ShouldContain("--recursive");
        Should.Throw<FileNotFoundException>(() => Expand(false, "*.gif")).Message.ShouldContain("*.gif");
    }

    private string[] Expand(bool recursive, params string[] inputs) =>
    [
        .. ImageInputs.Expand(
            inputs.Select(i => i == "-" || i.Contains("://", StringComparison.Ordinal) ? i : Path.Combine(_folder["x"][..^2], i)),
            recursive, Stream.Null)
            .Select(s =>
                s.Name.Contains("://", StringComparison.Ordinal) || s.Name == "-"
                    ? s.Name
                    : Path.GetRelativePath(_folder["."], s.Name).Replace('\\', '/')),
    ];
}
