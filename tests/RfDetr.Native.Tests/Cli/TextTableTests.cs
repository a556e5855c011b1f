using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Tests.Cli;

public sealed class TextTableTests
{
    [Fact]
    public void Columns_are_aligned_and_no_line_ends_in_blanks() =>
        Lines(80, new TextTable().AddColumn("class").AddNumbers("score").AddColumn("note")
            .AddRow("cat", "0.5", "").AddRow("[red]wombat[/]", "10.25", "x"))
            .ShouldBe(["class   score  note", "cat       0.5", "wombat  10.25  x"]);

    [Fact]
    public void Wide_characters_count_as_they_are_shown() =>
        Lines(80, new TextTable().AddColumn("name").AddNumbers("n").AddRow("猫猫猫", "1").AddRow("cat", "2"))
            .ShouldBe(["name    n", "猫猫猫  1", "cat     2"]);

    [Fact]
    public void Characters_that_a_terminal_obeys_are_spelled_out() =>
        Lines(80, new TextTable().AddColumn("name").AddNumbers("n")
            .AddRow(Markup.Escape("a\u001B[2J\u202E"), "1").AddRow("b", "2"))
            .ShouldBe(["name              n", @"a\u001B[2J\u202E  1", "b                 2"]);

    [Fact]
    public void Columns_that_may_go_go_last_first()
    {
        TextTable table = new TextTable().AddColumn("name").AddColumn("more", narrow: Narrow.Drop)
            .AddColumn("most", narrow: Narrow.Drop).AddRow("a", "bbbbbb", "cccccc");
        Lines(20, table).ShouldBe(["name  more    most", "a     bbbbbb  cccccc"]);
        Lines(17, table).ShouldBe(["name  more", "a     bbbbbb"]);
        Lines(8, table).ShouldBe(["name", "a"]);
    }

    [Fact]
    public void Text_is_broken_between_words_and_nothing_is_lost()
    {
        TextTable table = new TextTable().AddColumn("key").AddColumn("text", narrow: Narrow.Wrap).AddNumbers("n")
            .AddRow("a", "one two three four five six seven", "1");
        string[] lines = Lines(30, table);
        lines.ShouldAllBe(l => l.Length <= 30);
        string.Join(' ', lines.Skip(1).SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .ShouldBe("a one two three four 1 five six seven");
    }

    [Fact]
    public void A_table_that_no_terminal_holds_becomes_a_list_of_its_rows()
    {
        TextTable table = new TextTable().AddColumn("first").AddNumbers("second", "third").AddRow("aaaaaaaaaa", "1", "2")
            .AddRow("b", "", "4");
        Lines(18, table).ShouldBe(["first   aaaaaaaaaa", "second  1", "third   2", "", "first   b", "third   4"]);
    }

    [Fact]
    public void A_pipe_has_no_width()
    {
        string text = new('x', 500);
        Lines(10_000, new TextTable().AddColumn("").AddColumn("", narrow: Narrow.Wrap).AddRow("a", text))
            .ShouldBe([$"a  {text}"]);
    }

    [Fact]
    public void A_row_of_another_length_is_the_programmers_mistake() =>
        Should.Throw<ArgumentException>(() => new TextTable().AddColumn("a").AddRow("1", "2"));

    private static string[] Lines(int width, TextTable table)
    {
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = width;
        console.Write(table);
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }
}
