using RfDetr.Data;

namespace RfDetr.Jobs;

/// <summary>The report of a job as a page that needs nothing but a browser.</summary>
internal static class JobPage
{
    /// <summary>Path of the page in its destination.</summary>
    public const string File = "report.html";

    private const int MostClasses = 40;

    private static readonly string[] s_counts = ["none", "1", "2–4", "5–9", "10–49", "50 and more"];

    /// <summary>The page of a job.</summary>
    public static ReportPage Of(JobDefinition job, JobStatus status, JobTally tally)
    {
        var page = new ReportPage($"Job {job.Name}");
        page.Paragraph(Sentence(status, tally), status.IsComplete ? null : "warn");
        page.Facts(
        [
            ("model", job.Model), ("model SHA-256", job.ModelSha256), ("options SHA-256", job.OptionsSha256),
            ("manifest SHA-256", job.ManifestSha256), ("images per shard", Invariant.Text($"{job.ShardSize}")),
            ("first result", Time(status.First)), ("latest result", Time(status.Latest)),
            ("rate", Invariant.Text($"{status.ImagesPerSecond:0.#} images/s")),
        ]);
        Classes(page, tally);
        if (tally.Objects > 0)
        {
            page.Heading("Sizes, scores, numbers");
            Bars(page, "Objects by the area of their box", ["small (below 32²)", "medium (below 96²)", "large"], tally.Sizes);
            Bars(page, "Objects by score", [.. Enumerable.Range(0, 10).Select(i => Invariant.Text($"0.{i}"))], tally.Scores);
        }

        if (tally.Images > tally.Failed)
            Bars(page, "Images by their number of objects", s_counts, tally.Counts);
        Failures(page, tally);
        Slow(page, tally);
        Workers(page, tally);
        return page;
    }

    private static string Sentence(JobStatus status, JobTally tally) =>
        Invariant.Text($"{status.ImagesDone} of {Invariant.Plural(status.Images, "image")} have a row, ")
        + Invariant.Text($"{tally.Failed} of them an error; {Invariant.Plural(tally.Objects, "object")} in ")
        + Invariant.Plural(tally.Images - tally.Failed, "image") + "."
        + (status.ShardsDead > 0
            ? $" {Invariant.Plural(status.ShardsDead, "shard")} were given up: rfdetr jobs repair goes through them."
            : "");

    private static void Classes(ReportPage page, JobTally tally)
    {
        page.Heading("Classes");
        KeyValuePair<string, long>[] classes = [.. tally.Classes];
        if (classes.Length == 0)
        {
            page.Paragraph("No object was found.");
            return;
        }

        Bars(
            page, "Objects of each class", [.. classes.Take(MostClasses).Select(c => c.Key)],
            [.. classes.Take(MostClasses).Select(c => c.Value)]);
        if (classes.Length > MostClasses)
            page.Table(["class", "objects"], classes.Select(c => (string[])[c.Key, Invariant.Text($"{c.Value}")]));
    }

    private static void Failures(ReportPage page, JobTally tally)
    {
        page.Heading("Failed images");
        if (tally.Failed == 0)
        {
            page.Paragraph("None.");
            return;
        }

        page.Table(["reason", "images"], tally.Reasons.Select(r => (string[])[r.Key, Invariant.Text($"{r.Value}")]), 0);
        if (tally.Failed > tally.FailedImages.Count)
        {
            page.Paragraph(
                Invariant.Text($"The first {tally.FailedImages.Count} of {tally.Failed}; all are in shards/*.failed-*.json."),
                "soft");
        }

        page.Table(["image", "file", "reason"], tally.FailedImages.Select(f => (string[])[f.Id, f.File, f.Error]), 0, 1, 2);
    }

    private static void Slow(ReportPage page, JobTally tally)
    {
        if (tally.Slowest.Count == 0)
            return;
        page.Heading("Slow images");
        page.Table(["image", "ms"], tally.Slowest.Select(s => (string[])[s.Id, Invariant.Text($"{s.Ms:0.0}")]));
    }

    private static void Workers(ReportPage page, JobTally tally)
    {
        page.Heading("Workers");
        page.Table(
            ["worker", "shards", "images", "images/s while at work"],
            tally.Workers.OrderByDescending(w => w.Images).Select(w => (string[])
            [
                w.Worker.Length > 0 ? w.Worker : "(died behind its rows)", Invariant.Text($"{w.Shards}"),
                Invariant.Text($"{w.Images}"), w.Seconds > 0 ? Invariant.Text($"{w.Images / w.Seconds:0.0}") : "–",
            ]));
    }

    private static void Bars(ReportPage page, string title, IReadOnlyList<string> names, IReadOnlyList<long> values)
    {
        long sum = Math.Max(values.Sum(), 1);
        new BarChart(
            title, [],
            [
                .. names.Zip(values, (name, value) => new StackedBar(
                    name, [(value, "c0")], Invariant.Text($"{value} ({100.0 * value / sum:0.#} %)"))),
            ]).Write(page.Html);
    }

    private static string Time(DateTimeOffset? time) =>
        time is { } at ? Invariant.Text($"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : "–";
}
