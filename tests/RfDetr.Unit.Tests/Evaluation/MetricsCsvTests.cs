using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

public sealed class MetricsCsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["metrics.csv"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_are_there_at_once_with_empty_cells_where_nothing_is()
    {
        using MetricsCsv csv = MetricsCsv.Open(Path, ["train/loss", "valid/ap"]);
        csv.Add(1, [("train/loss", .1)]);
        csv.Add(2, [("valid/ap", double.NaN), ("train/loss", 1e-7)]);
        using var reader = new StreamReader(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        reader.ReadToEnd().ShouldBe("step,train/loss,valid/ap\n1,0.1,\n2,1E-07,nan\n");
        Should.Throw<ArgumentException>(() => csv.Add(3, [("loss", 1)])).Message.ShouldContain("no column 'loss'");
    }

    [Fact]
    public void Resuming_cuts_what_is_beyond_the_checkpoint_and_what_a_crash_left()
    {
        using (MetricsCsv csv = MetricsCsv.Open(Path, ["loss"]))
        {
            for (int step = 10; step <= 50; step += 10)
                csv.Add(step, [("loss", step / 3.0)]);
        }

        File.AppendAllText(Path, "60,2"); // cut in the middle of a number
        MetricsTable.Read(Path).Rows.Count.ShouldBe(5);
        using (MetricsCsv csv = MetricsCsv.Open(Path, ["loss", "ap"], lastStep: 30))
            csv.Add(40, [("loss", -1), ("ap", .5)]);
        MetricsTable table = MetricsTable.Read(Path);
        table.Columns.ShouldBe(["loss", "ap"]);
        table.Rows.Select(r => r.Step).ShouldBe([10, 20, 30, 40]);
        table.Rows[2].Values.ShouldBe([10.0, null]);
        table.Rows[3].Values.ShouldBe([-1, .5]);
    }

    [Fact]
    public void A_stopped_run_that_resumes_leaves_the_file_of_one_that_never_stopped()
    {
        void Run(string path, long from, long to, long? resume)
        {
            using MetricsCsv csv = MetricsCsv.Open(path, ["loss"], resume);
            for (long step = from; step <= to; step++)
                csv.Add(step, [("loss", Math.Sqrt(step))]);
        }

        Run(_folder["whole.csv"], 1, 20, null);
        Run(Path, 1, 13, null); // the checkpoint was of step 10
        Run(Path, 11, 20, 10);
        File.ReadAllBytes(Path).ShouldBe(File.ReadAllBytes(_folder["whole.csv"]));
    }

    [Fact]
    public void A_new_run_replaces_an_old_file()
    {
        File.WriteAllText(Path, "something else");
        using (MetricsCsv.Open(Path, ["a"]))
        {
        }

        File.ReadAllText(Path).ShouldBe("step,a\n");
    }

    [Theory]
    [InlineData("loss\n1\n", "first is 'step'")]
    [InlineData("step,loss\n1,2\n1\n", "line 3 has 1 cells")]
    [InlineData("step,loss\nx,2\n", "begins with 'x'")]
    [InlineData("step,loss\n1,two\n", "line 2, column 'loss': 'two' is no number")]
    public void A_file_that_is_no_such_table_is_refused(string text, string message)
    {
        File.WriteAllText(Path, text);
        InvalidDataException error = Should.Throw<InvalidDataException>(() => MetricsCsv.Open(Path, ["loss"], 5));
        error.Message.ShouldContain(message);
        error.Message.ShouldContain("metrics.csv");
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("step")]
    [InlineData("")]
    [InlineData("a,b")]
    public void Names_that_would_break_the_table_are_refused(params string[] columns) =>
        Should.Throw<ArgumentException>(() => MetricsCsv.Open(Path, columns));

    [Fact]
    public void History_puts_comparable_columns_of_a_group_into_one_chart()
    {
        using (MetricsCsv csv = MetricsCsv.Open(Path, ["lr", "valid/box_ap", "valid/mask_ap", "train/loss", "train/images"]))
        {
            csv.Add(1, [("lr", 1e-4), ("train/loss", 9), ("train/images", 400)]);
            csv.Add(2, [("lr", 1e-5), ("train/loss", 8), ("train/images", 401), ("valid/box_ap", .3), ("valid/mask_ap", .2)]);
        }

        RunHistory history = RunHistory.Read(Path);
        history.XLabel.ShouldBe("step");
        history.Charts.Select(c => c.Title).ShouldBe(["lr", "valid", "train: loss", "train: images"]);
        history.Charts[1].Series.Select(s => s.Name).ShouldBe(["box_ap", "mask_ap"]);
        history.Charts[0].Series[0].Points.ShouldBe([(1, 1e-4), (2, 1e-5)]);
    }
}
