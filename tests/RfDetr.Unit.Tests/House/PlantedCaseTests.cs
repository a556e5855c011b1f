namespace RfDetr.Tests.House;

/// <summary>Every rule finds what it is there for, and only that.</summary>
public class PlantedCaseTests
{
    private const string Table = """
        | part | holds | may reference |
        |---|---|---|
        | `RfDetr.Tensors` | tensors | – |
        | `RfDetr.Model` | the network | Tensors |
        | `RfDetr` | the front door | Model, Tensors |
        """;

    [Fact]
    public void A_reference_that_the_table_lacks_is_found()
    {
        string[] found = References(
            """
            <Project><ItemGroup>
              <ProjectReference Include="..\RfDetr.Tensors\RfDetr.Tensors.csproj" />
              <ProjectReference Include="../RfDetr/RfDetr.csproj" />
            </ItemGroup></Project>
            """);

        found.ShouldHaveSingleItem().ShouldContain("RfDetr.Model references RfDetr, which the table does not allow");
    }

    [Fact]
    public void A_reference_that_only_the_table_has_is_found() =>
        References("<Project />").ShouldHaveSingleItem().ShouldContain("RfDetr.Model references RfDetr.Tensors, but it does not");

    [Fact]
    public void Projects_and_table_rows_without_each_other_are_found()
    {
        var projects = new Dictionary<string, string[]>
        {
            ["RfDetr.Tensors"] = [],
            ["RfDetr"] = ["RfDetr.Model", "RfDetr.Tensors"],
            ["RfDetr.Extra"] = []
        };

        ReferenceRule.Violations(ReferenceRule.ReadTable(Table), projects).ShouldBe(
            [
                "RfDetr.Extra is not in the table of docs/architecture.md",
                "the table names RfDetr.Model, but there is no such project"
            ]);
    }

    [Theory]
    [InlineData("Model", "using RfDetr.Tensors;", 0)]
    [InlineData("Model", "using RfDetr.Graph;", 1)]
    [InlineData("Tensors", "RfDetr.Model.ModelConfig config;", 1)]
    public void A_room_that_sees_too_much_is_found(string room, string line, int expected) =>
        RoomRule.Violations(new("a.cs", line), room).Count().ShouldBe(expected);

    [Fact]
    public void Incomplete_packages_are_found()
    {
        var parts = new Dictionary<string, PackageRule.Project>
        {
            ["Core"] = new([], ["Iced"], []),
            ["Door"] = new(["Core"], [], []),
            ["Lost"] = new([], [], []),
            ["More"] = new(["Door", "Lost"], ["Yaml"], []),
        };
        var packages = new Dictionary<string, PackageRule.Project>
        {
            ["Small"] = new([], ["Iced", "Unused"], ["Core", "Door"]),
            ["Large"] = new(["Small"], [], ["More"]),
        };

        PackageRule.Violations(parts, packages).ShouldBe(
        [
            "Lost is in 0 packages (); it must be in one",
            "the package Small depends on Unused, which none of its parts references",
            "the package Large holds More but neither holds nor depends on Lost, which More references",
            "the package Large holds More but does not depend on Yaml, which More references",
        ]);
    }

    [Theory]
    [InlineData(130, false)]
    [InlineData(131, true)]
    public void Long_lines_are_found(int length, bool found) =>
        TextRules.LongLines(new("a.cs", "x\n" + new string('x', length))).Any().ShouldBe(found);

    [Theory]
    [InlineData("+ $\"")]
    [InlineData("string text = \"\"\"\n")]
    public void A_long_literal_is_no_excuse(string before) =>
        TextRules.LongLines(new("a.cs", before + new string('x', 140))).Count().ShouldBe(1);

    [Theory]
    [InlineData("    /// <summary>What is meant.</summary>", true)]
    [InlineData("    /// <summary>Whether it runs.</summary>", true)]
    [InlineData("    /// <summary>Whatever runs the network.</summary>", false)]
    [InlineData("    /// <summary>The engine that runs the network.</summary>", false)]
    [InlineData("    /// <summary>\n    /// Which of several lines it is.\n    /// </summary>", true)]
    [InlineData("    /// <summary>\n    /// A long line, broken before\n    /// which.\n    /// </summary>", false)]
    public void Summaries_without_a_subject_are_found(string line, bool found) =>
        TextRules.HeadlessSummaries(new("a.cs", line)).Any().ShouldBe(found);

    [Theory]
    [InlineData("// in this colour", true)]
    [InlineData("Optimised graphs", true)]
    [InlineData("the licence of the weights", true)]
    [InlineData("precise noise of a license in color, promised and optimized", false)]
    public void British_words_are_found(string line, bool found) =>
        TextRules.BritishWords(new("a.md", line)).Any().ShouldBe(found);

    [Theory]
    [InlineData("// TODO: later", true)]
    [InlineData("throw new NotImplementedException();", true)]
    [InlineData("[Fact(Skip = \"slow\")]", true)]
    [InlineData("var rest = names.Skip(1);", false)]
    [InlineData("// what is done is not to do again", false)]
    public void Unfinished_work_is_found(string line, bool found) =>
        TextRules.Unfinished(new("a.cs", "x\n" + line)).Any().ShouldBe(found);

    [Theory]
    [InlineData("Console.WriteLine(1);", true)]
    [InlineData("System.Console.Out.Flush();", true)]
    [InlineData("using Spectre.Console;", false)]
    [InlineData("MyConsole.Write();", false)]
    public void Printing_is_found(string line, bool found) => TextRules.ConsoleUse(new("a.cs", line)).Any().ShouldBe(found);

    [Theory]
    [InlineData("/home/ada/images", true)]
    [InlineData("cd /root/project", true)]
    [InlineData(@"C:\Users\ada", true)]
    [InlineData("https://example.org/home/page", false)]
    [InlineData("the user's home folder", false)]
    public void Places_on_one_machine_are_found(string line, bool found) =>
        TextRules.MachinePaths(new("a.md", line)).Any().ShouldBe(found);

    [Theory]
    [InlineData("\"resolved\": \"https://registry.npmjs.org/a/-/a-1.0.0.tgz\"", true)]
    [InlineData("\"resolved\": \"https://packages.example.com/a/-/a-1.0.0.tgz\"", true)]
    [InlineData("<add key=\"nuget.org\" value=\"https://api.nuget.org/v3/index.json\" />", false)]
    [InlineData("<add key=\"ours\" value=\"http://10.0.0.1:8080/v3/index.json\" />", true)]
    public void Private_registries_are_found(string line, bool found) =>
        TextRules.Registries(new("a.json", line)).Any().ShouldBe(found);

    [Fact]
    public void Dead_links_are_found()
    {
        var document = new SourceFile(
            "docs/a.md", "[b](b.md#part) [top](#top) [web](https://example.org) [gone](../gone.md)\n```\n[code](no.md)\n```\n");

        DocumentRules.DeadLinks(
            document, path => path == Path.Combine("docs", "b.md"))
            .ShouldBe(["docs/a.md: the link to '../gone.md' leads nowhere"]);
    }

    [Theory]
    [InlineData("<!-- snippet: a.cs one -->\n```csharp\nRun();\n```\n", "")]
    [InlineData("<!-- snippet: a.cs one -->\n```csharp\nWalk();\n```\n", "differs from snippet 'one'")]
    [InlineData("<!-- snippet: a.cs two -->\n```csharp\nRun();\n```\n", "there is no snippet 'two'")]
    [InlineData("<!-- snippet: b.cs one -->\n```csharp\nRun();\n```\n", "there is no snippet 'one' in 'b.cs'")]
    [InlineData("```csharp\nRun();\n```\n", "1 C# block(s) without a snippet marker")]
    public void Code_that_nothing_runs_is_found(string markdown, string complaint)
    {
        const string Code = "void M()\n{\n    // snippet: one\n    Run();\n    // end\n}\n";

        string found =
            string.Join("\n", DocumentRules.UnprovenCode(new("README.md", markdown), path => path == "a.cs" ? Code : null));

        if (complaint.Length == 0)
            found.ShouldBeEmpty();
        else
            found.ShouldContain(complaint);
    }

    private static string[] References(string modelProject)
    {
        var projects = new Dictionary<string, string[]>
        {
            ["RfDetr.Tensors"] = [],
            ["RfDetr.Model"] = ReferenceRule.ReadProject(modelProject),
            ["RfDetr"] = ["RfDetr.Model", "RfDetr.Tensors"],
        };
        return [.. ReferenceRule.Violations(ReferenceRule.ReadTable(Table), projects)];
    }
}
