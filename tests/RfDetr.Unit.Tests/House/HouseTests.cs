namespace RfDetr.Tests.House;

/// <summary>The repository keeps its own rules. That each rule can fail is shown in <see cref="PlantedCaseTests"/>.</summary>
public class HouseTests
{
    /// <summary>Files of src above 250 lines, each with the reason why splitting it would make it worse.</summary>
    private static readonly Dictionary<string, string> s_longFiles = [];

    // These files name the words that they forbid.
    private const string ThisFolder = "tests/RfDetr.Unit.Tests/House/";

    private static IEnumerable<SourceFile> Code => Checkout.Files("", ".cs").Where(f => !f.Path.StartsWith(ThisFolder, StringComparison.Ordinal));

    [Fact]
    public void Parts_reference_what_the_architecture_page_says()
    {
        var projects = Checkout.Files("src", ".csproj").ToDictionary(f => Path.GetFileNameWithoutExtension(f.Path), f => ReferenceRule.ReadProject(f.Text));

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
    public void Files_are_short() => Report(Code.SelectMany(f => TextRules.Length(f, s_longFiles)));

    [Fact]
    public void The_list_of_long_files_is_current() =>
        Report(s_longFiles.Keys.Where(path => Code.All(f => f.Path != path || f.Lines.Length <= TextRules.SourceLines)).Select(path => $"{path} is not long any more"));

    [Fact]
    public void Nothing_is_left_for_later() => Report(Code.SelectMany(TextRules.Unfinished));

    [Fact]
    public void Libraries_do_not_print() =>
        Report(Checkout.Files("src", ".cs").Where(f => !f.Path.StartsWith("src/RfDetr.Cli/", StringComparison.Ordinal)).SelectMany(TextRules.ConsoleUse));

    [Fact]
    public void Nothing_names_a_place_on_one_machine() =>
        Report(Code.Concat(Checkout.Files("", ".md", ".json", ".sh", ".csproj", ".props", ".targets", ".yml", "")).SelectMany(TextRules.MachinePaths));

    [Fact]
    public void Packages_come_from_the_public_registries() =>
        Report(Checkout.Files("", ".json", ".config", ".npmrc", ".props", ".csproj").SelectMany(TextRules.Registries));

    [Fact]
    public void Links_in_documents_lead_somewhere() =>
        Report(Checkout.Files("", ".md").SelectMany(d => DocumentRules.DeadLinks(d, path => Path.Exists(Path.Combine(Checkout.Root, path)))));

    [Fact]
    public void Code_in_documents_is_code_that_runs() =>
        Report(Checkout.Files("", ".md").SelectMany(d => DocumentRules.UnprovenCode(d, ReadIfThere)));

    private static string? ReadIfThere(string path) => File.Exists(Path.Combine(Checkout.Root, path)) ? Checkout.Read(path).Text : null;

    private static void Report(IEnumerable<string> violations) => string.Join("\n", violations).ShouldBeEmpty();
}
