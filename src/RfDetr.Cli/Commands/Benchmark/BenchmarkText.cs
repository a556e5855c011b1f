using System.Globalization;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>A benchmark for people.</summary>
internal static class BenchmarkText
{
    public static readonly string[] Headings = ["ms per call", "p50", "p90", "p95", "p99", "mean", "sd"];

    public static void Print(IAnsiConsole console, BenchmarkReport report)
    {
        console.WriteLine(Model(report));
        console.WriteLine(Machine(report));
        console.WriteLine($"images: {report.Images.Source}");
        foreach (BenchmarkSeries series in report.Series)
        {
            console.WriteLine();
            console.WriteLine(Title(series));
            var table = new Table { Border = TableBorder.Simple };
            foreach (string heading in Headings)
                table.AddColumn(heading, c => c.Alignment = heading == Headings[0] ? Justify.Left : Justify.Right);
            foreach (string[] row in Rows(series))
                table.AddRow(row.Select(Markup.Escape).ToArray());
            console.Write(table);
            console.WriteLine(Rest(series));
        }

        console.WriteLine();
        console.WriteLine(Process(report));
        if (Accuracy(report) is { } accuracy)
            console.WriteLine(accuracy);
    }

    public static string Model(BenchmarkReport r) =>
        Text($"model: {r.Model.Name} ({r.Model.Variant}, {r.Model.InputHeight}×{r.Model.InputWidth}, {r.Model.Precision}) on {r.Environment.Engine}, {Threads(r)}");

    public static string Machine(BenchmarkReport r) =>
        Text($"machine: {r.Environment.Processor}, {r.Environment.Cores} cores, {string.Join(' ', r.Environment.InstructionSets)}; {r.Environment.System}; {r.Environment.Runtime}");

    public static string Title(BenchmarkSeries s) =>
        Text($"{Name(s)}: {s.ImagesPerSecond:0.0} images/s, {s.Stages[0].Samples.Length} calls");

    public static string Name(BenchmarkSeries s) => Text($"batch {s.Batch}, {s.Callers} {(s.Callers == 1 ? "caller" : "callers")}");

    public static IEnumerable<string[]> Rows(BenchmarkSeries series)
    {
        foreach (StageSamples stage in series.Stages)
        {
            SampleStatistics s = stage.Statistics;
            yield return [stage.Name, Ms(s.P50), Ms(s.P90), Ms(s.P95), Ms(s.P99), Ms(s.Mean), Ms(s.StandardDeviation)];
        }
    }

    public static string Rest(BenchmarkSeries s)
    {
        string noise = s.Machine.NoiseFloor is { } n ? Text($"; machine's noise {100 * n:0.0} %") : "";
        string drift = s.Machine.CallDrift is { } d ? Text($", drift {100 * (d - 1):+0.0;-0.0;0.0} %") : "";
        string others = s.Machine.OthersShare is { } o ? Text($", others used {100 * o:0} %") : "";
        return Text($"{s.AllocatedBytesPerImage / 1024:0.0} KiB allocated per image; {s.Collections[0]}/{s.Collections[1]}/{s.Collections[2]} collections, {s.CollectionPauseMs:0.0} ms") + noise + drift + others;
    }

    public static string Process(BenchmarkReport r) => Text(
        $"loaded in {r.LoadMs:0} ms, first call {r.FirstCallMs:0} ms; memory {Mega(r.Memory.BeforeLoad)} MB before, {Mega(r.Memory.AfterLoad)} MB loaded, {Mega(r.Memory.Peak)} MB at most");

    public static string? Accuracy(BenchmarkReport r)
    {
        if (r.Accuracy is not { } a)
            return null;
        string masks = a.MaskAp is { } ap ? Text($"; masks {100 * ap:0.0} (AP50 {100 * a.MaskAp50.GetValueOrDefault():0.0})") : "";
        return Text($"AP on {a.DataSet}, {a.Images} images: boxes {100 * a.BoxAp:0.0} (AP50 {100 * a.BoxAp50:0.0})") + masks;
    }

    public static string Ms(double value) => value.ToString(value < 10 ? "0.000" : value < 100 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    private static string Threads(BenchmarkReport r) => r.Environment.Threads == 0 ? "the engine's choice of threads" : Text($"{r.Environment.Threads} threads");

    private static string Mega(long bytes) => (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
