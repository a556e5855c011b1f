namespace RfDetr.Tests.House;

/// <summary>The repository keeps its own rules. That each rule can fail is shown in <see cref="PlantedCaseTests"/>.</summary>
public class HouseTests
{
    // These files name the words that they forbid.
    private const string ThisFolder = "tests/RfDetr.Unit.Tests/House/";

    private static IEnumerable<SourceFile> Code =>
        Checkout.Files("", ".cs").Where(f => !f.Path.StartsWith(ThisFolder, StringComparison.Ordinal));

    [Fact]
    public void Parts_reference_what_the_architecture_page_says()
    {
        var projects = Checkout.Files("src", ".csproj").ToDictionary(
            f => Path.GetFileNameWithoutExtension(f.Path), f => ReferenceRule.ReadProject(f.Text));

        projects.Count.ShouldBeGreaterThan(5);
        Report(ReferenceRule.Violations(ReferenceRule.ReadTable(Checkout.Read("docs/architecture.md").Text), projects));
    }

    [Fact]
    public void Rooms_of_the_network_see_what_they_may()
    {
        foreach (string room in RoomRule.Rooms.Keys)
        {
            IReadOnlyList<SourceFile> files = Checkout.Files($"src/RfDetr.Network/{room}", ".cs");

            files.ShouldNotBeEmpty();
            Report(files.SelectMany(f => RoomRule.Violations(f, room)));
        }
    }

    [Fact]
    public void Packages_are_complete()
    {
        Dictionary<string, PackageRule.Project> Read(string folder) => Checkout.Files(folder, ".csproj")
            .ToDictionary(f => Path.GetFileNameWithoutExtension(f.Path), f => PackageRule.Read(f.Text));
        Dictionary<string, PackageRule.Project> parts = Read("src"), packages = Read("pack");
        parts.Remove("RfDetr.Cli").ShouldBeTrue("the command line is a package of its own");
        parts.Remove("RfDetr.Serve.Program").ShouldBeTrue("a program, which the tool and containers ship");

        packages.Count.ShouldBe(4);
        Report(PackageRule.Violations(parts, packages));
    }

    [Fact]
    public void Lines_fit_on_a_screen() => Report(Checkout.Files("", ".cs").SelectMany(TextRules.LongLines));

    [Fact]
    public void Summaries_name_their_subject() => Report(Code.SelectMany(TextRules.HeadlessSummaries));

    [Fact]
    public void Words_are_American() =>
        Report(Code.Concat(Checkout.Files("", ".md", ".yaml", ".sh")).SelectMany(TextRules.BritishWords));

    [Fact]
    public void Nothing_is_left_for_later() => Report(Code.SelectMany(TextRules.Unfinished));

    [Fact]
    public void Libraries_do_not_print() =>
        Report(
            Checkout.Files("src", ".cs")
                .Where(f => !f.Path.StartsWith("src/RfDetr.Cli/", StringComparison.Ordinal)
                    && !f.Path.StartsWith(
                        "src/RfDetr.Serve.Program/", StringComparison.Ordinal)).SelectMany(TextRules.ConsoleUse));

    [Fact]
    public void Nothing_names_a_place_on_one_machine() =>
        Report(
            Code.Concat(
                Checkout.Files("", ".md", ".json", ".sh", ".csproj", ".props", ".targets", ".yml", ""))
                .SelectMany(TextRules.MachinePaths));

    [Fact]
    public void Packages_come_from_the_public_registries() =>
        Report(Checkout.Files("", ".json", ".config", ".props", ".csproj").SelectMany(TextRules.Registries));

    [Fact]
    public void Links_in_documents_lead_somewhere() =>
        Report(
            Checkout.Files("", ".md").SelectMany(d =>
                DocumentRules.DeadLinks(d, path => Path.Exists(Path.Combine(Checkout.Root, path)))));

    [Fact]
    public void Code_in_documents_is_code_that_runs() =>
        Report(Checkout.Files("", ".md").SelectMany(d => DocumentRules.UnprovenCode(d, ReadIfThere)));

    private static string? ReadIfThere(string path) =>
        File.Exists(Path.Combine(Checkout.Root, path)) ? Checkout.Read(path).Text : null;

    private static void Report(IEnumerable<string> violations) => string.Join("\n", violations).ShouldBeEmpty();
}
