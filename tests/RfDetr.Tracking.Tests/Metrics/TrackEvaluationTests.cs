using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public sealed class TrackEvaluationTests : IDisposable
{
    private const string Two = "1,1,0,0,10,10,1\n2,1,0,0,10,10,1\n1,2,50,0,10,10,1\n2,2,50,0,10,10,1\n";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Two_files_are_compared()
    {
        Write("gt.txt", Two);
        Write("result.txt", Two.Replace("2,2,50", "2,3,50", StringComparison.Ordinal));

        TrackEvaluation found = TrackEvaluation.Run(_folder["gt.txt"], _folder["result.txt"]);

        SequenceScores only = found.Sequences.Single();
        (only.Name, only.Frames, only.TrueIds, only.ResultIds).ShouldBe(("result", 2, 2, 3));
        only.Scores.Clear.IdSwitches.ShouldBe(1);
        found.Together.Clear.ShouldBe(only.Scores.Clear);
    }

    [Fact]
    public void Folders_are_compared_sequence_by_sequence_and_together()
    {
        Write("gt/b.txt", Two);
        Write("gt/a/gt/gt.txt", Two);
        Write("out/a.txt", "");
        Write("out/b.txt", Two);

        TrackEvaluation found = TrackEvaluation.Run(_folder["gt"], _folder["out"]);

        found.Sequences.Select(s => (s.Name, s.Scores.Clear.TruePositives)).ShouldBe([("a", 0), ("b", 4)]);
        found.Together.Clear.Mota.ShouldBe(0.5, 1e-12);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Write("gt/b.txt", Two);
        Directory.CreateDirectory(_folder["out"]);
        Directory.CreateDirectory(_folder["empty"]);

        Problem("gt", "out").ShouldContain("b.txt' is missing");
        Problem("empty", "out").ShouldContain("holds no sequences");
        Problem("none", "out").ShouldContain("neither a file nor a folder");
        Problem("gt/b.txt", "out").ShouldContain("two files or two folders");
        Problem("gt", "gt/b.txt").ShouldContain("two files or two folders");
    }

    public void Dispose() => _folder.Dispose();

    private string Problem(string truth, string result) =>
        Should.Throw<MotFormatException>(() => TrackEvaluation.Run(_folder[truth], _folder[result])).Message;

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], text);
    }
}
