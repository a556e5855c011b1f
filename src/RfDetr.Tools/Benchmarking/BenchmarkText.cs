using System.Globalization;
using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>A benchmark in words, for consoles and pages.</summary>
internal static class BenchmarkText
{
    public static readonly string[] Headings = ["ms per call", "p50", "p90", "p95", "p99", "mean", "sd"];

    public static string Model(BenchmarkReport r)
    {
        string model =
            Text($"{r.Model.Name} ({r.Model.Variant}, {r.Model.InputHeight}×{r.Model.InputWidth}, {r.Model.Precision})");
        string threads = r.Environment.Threads == 0 ? "the engine's choice of threads" : Text($"{r.Environment.Threads} threads");
        return $"model: {model} on {r.Environment.Engine}, {threads}";
    }

    public static string Machine(BenchmarkReport r)
    {
        BenchmarkEnvironment e = r.Environment;
        return Text($"machine: {e.Processor}, {e.Cores} cores, {string.Join(' ', e.InstructionSets)}; {e.System}; {e.Runtime}");
    }

    public static string Title(BenchmarkSeries s) =>
        Text($"{Name(s)}: {s.ImagesPerSecond:0.0} images/s, {s.Stages[0].Samples.Length} calls");

    public static string Name(BenchmarkSeries s) =>
        Text($"batch {s.Batch}, {s.Callers} {(s.Callers == 1 ? "caller" : "callers")}");

    /// <summary>A row below <see cref="Headings"/> for each stage.</summary>
    public static IEnumerable<string[]> Rows(BenchmarkSeries series)
    {
        foreach (StageSamples stage in series.Stages)
        {
            SampleStatistics s = stage.Statistics;
            yield return [stage.Name, Ms(s.P50), Ms(s.P90), Ms(s.P95), Ms(s.P99), Ms(s.Mean), Ms(s.StandardDeviation)];
        }
    }

    /// <summary>Memory, collections, and the state of the machine during a series.</summary>
    public static string Rest(BenchmarkSeries s)
    {
        string noise = s.Machine.NoiseFloor is { } n ? Text($"; machine's noise {100 * n:0.0} %") : "";
        string drift = s.Machine.CallDrift is { } d ? Text($", drift {100 * (d - 1):+0.0;-0.0;0.0} %") : "";
        string others = s.Machine.OthersShare is { } o ? Text($", others used {100 * o:0} %") : "";
        string collections =
            Text($"{s.Collections[0]}/{s.Collections[1]}/{s.Collections[2]} collections, {s.CollectionPauseMs:0.0} ms");
        return Text($"{s.AllocatedBytesPerImage / 1024:0.0} KiB allocated per image; {collections}") + noise + drift + others;
    }

    public static string Process(BenchmarkReport r)
    {
        BenchmarkMemory m = r.Memory;
        string memory = $"memory {Mega(m.BeforeLoad)} MB before, {Mega(m.AfterLoad)} MB loaded, {Mega(m.Peak)} MB at most";
        return Text($"loaded in {r.LoadMs:0} ms, first call {r.FirstCallMs:0} ms; {memory}");
    }

    /// <summary>Average precision beside the times; null where none was measured.</summary>
    public static string? Accuracy(BenchmarkReport r)
    {
        if (r.Accuracy is not { } a)
            return null;
        string masks = a.MaskAp is { } ap
            ? Text($"; masks {100 * ap:0.0} (AP50 {100 * a.MaskAp50.GetValueOrDefault():0.0})")
            : "";
        return Text($"AP on {a.DataSet}, {a.Images} images: boxes {100 * a.BoxAp:0.0} (AP50 {100 * a.BoxAp50:0.0})") + masks;
    }

    /// <summary>Milliseconds with about four digits.</summary>
    public static string Ms(double value) =>
        value.ToString(value < 10 ? "0.000" : value < 100 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    private static string Mega(long bytes) => (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture);
}
