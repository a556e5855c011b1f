using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public sealed class MotFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void What_is_written_is_read()
    {
        MotEntry[] entries =
        [
            new(1, 3, 794.2, 47.55, 71.25, 174.8, 0.9312), new(1, 6, -3, 0, 1e6, 0.0001), new(2, 3, 1, 2, 3, 4, 0.5),
        ];
        var text = new StringWriter();
        MotFile.WriteResult(text, entries);

        text.ToString().ShouldStartWith("1,3,794.2,47.55,71.25,174.8,0.9312,-1,-1,-1\n1,6,-3,0,1000000,0.0001,1,-1,-1,-1\n");
        MotFile.Read(new StringReader(text.ToString()), "x").ShouldBe(entries);
        var truth = new StringWriter();
        MotFile.WriteTruth(truth, [entries[0] with { Score = 0, ClassId = 7, Visibility = 0.25 }]);
        truth.ToString().ShouldBe("1,3,794.2,47.55,71.25,174.8,0,7,0.25\n");
        MotFile.Read(new StringReader(truth.ToString()), "x").Single().ClassId.ShouldBe(7);
    }

    [Fact]
    public void Frames_are_sorted_and_odd_but_clear_lines_are_read() =>
        MotFile.Read(new StringReader("2, 1.0, 1, 2, 3, 4\r\n\r\n1,1,1,2,3,4,1,-1,-1,-1"), "x")
            .Select(e => e.Frame).ShouldBe([1, 2]);

    [Theory]
    [InlineData("1,2,3", "line 1: it has 3 fields")]
    [InlineData("1 2 3 4 5 6", "separated by commas")]
    [InlineData("1,1,1,1,1,1\n0,1,1,1,1,1", "line 2: the frame is 0")]
    [InlineData("99999999,1,1,1,1,1", "the frame is 99999999")]
    [InlineData("1,1.5,1,1,1,1", "not a whole number")]
    [InlineData("1,1,x\u001b[31m,1,1,1", "the left is 'x?[31m'")]
    [InlineData("1,1,NaN,1,1,1", "the left is 'NaN'")]
    [InlineData("1,1,1e300,1,1,1", "at most a billion")]
    [InlineData("1,1,10,10,-5,10", "not corners")]
    [InlineData("1,1,1,1,1,1\n1,1,2,2,2,2", "a second time in frame 1")]
    [InlineData("1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "17 fields")]
    public void Bad_lines_are_named_with_the_cure(string text, string problem) =>
        Should.Throw<MotFormatException>(() => MotFile.Read(new StringReader(text), "gt.txt")).Message
            .ShouldSatisfyAllConditions(m => m.ShouldContain(problem), m => m.ShouldContain("'gt.txt', line"));

    [Fact]
    public void Endless_lines_and_binary_files_are_refused()
    {
        Should.Throw<MotFormatException>(
            () => MotFile.Read(new StringReader(new string('1', 2000)), "x")).Message.ShouldContain("1000 characters");
        File.WriteAllBytes(_folder["x.bin"], [0xff, 0xfe, 0xfd, 0x80, 0x81]);
        Should.Throw<MotFormatException>(() => MotFile.Read(_folder["x.bin"])).Message.ShouldContain("x.bin");
        Should.Throw<MotFormatException>(() => MotFile.Read(_folder["none.txt"])).Message.ShouldContain("cannot be read");
    }

    public void Dispose() => _folder.Dispose();
}
