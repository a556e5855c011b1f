using System.Globalization;

namespace RfDetr.Tools;

/// <summary>Checks of what must hold of a report beyond its types, before anybody computes with it.</summary>
internal static class BenchmarkCheck
{
    public static BenchmarkReport Checked(BenchmarkReport report, string path)
    {
        if (report.SchemaVersion != BenchmarkReport.CurrentSchema)
            throw Wrong(
                path,
                $"has schema version {report.SchemaVersion}, expected {BenchmarkReport.CurrentSchema}; measure again "
                    + $"with this version of rfdetr");
        if (report.Series.Count == 0)
            throw Wrong(path, $"has no series");
        try
        {
            report.Options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new BenchmarkFormatException($"'{path}': {e.Message}", e);
        }

        foreach (BenchmarkSeries? series in report.Series)
            Check(series, path);
        if (report.Series.GroupBy(s => (s.Batch, s.Callers)).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw Wrong(path, $"has two series of batch {twice.Key.Batch} with {twice.Key.Callers} callers");
        if (report.Accuracy is { } a && (a.BoxAp is not (>= -1 and <= 1) || a.MaskAp is < -1 or > 1))
            throw Wrong(path, $"has an average precision of {a.BoxAp} (boxes), {a.MaskAp} (masks), expected 0..1");
        return report;
    }

    private static void Check(BenchmarkSeries? series, string path)
    {
        if (series is null)
            throw Wrong(path, $"has a series that is null");
        string where = string.Create(CultureInfo.InvariantCulture, $"batch {series.Batch} with {series.Callers} callers");
        if (series.Batch < 1 || series.Callers < 1)
            throw Wrong(path, $"has a series of {where}, expected 1 or more of each");
        if (series.Collections.Count != 3)
            throw Wrong(path, $"has {series.Collections.Count} generations of collections in {where}, expected 3");
        foreach (StageSamples? stage in series.Stages)
        {
            if (stage is null || !BenchmarkStages.All.Contains(stage.Name))
                throw Wrong(
                    path, $"has a stage '{stage?.Name ?? "null"}' in {where}, expected {string.Join(", ", BenchmarkStages.All)}");
        }

        if (series.Stage(BenchmarkStages.EndToEnd) is not { } all)
            throw Wrong(
                path,
                $"has no stage '{BenchmarkStages.EndToEnd}' in {where}; there are "
                    + $"{string.Join(", ", series.Stages.Select(s => s.Name))}");
        foreach (StageSamples stage in series.Stages)
        {
            if (stage.Samples.Length != all.Samples.Length || stage.Samples.Length == 0)
                throw Wrong(
                    path,
                    $"has {stage.Samples.Length} samples of {stage.Name} and {all.Samples.Length} of {all.Name} in "
                        + $"{where}, expected as many of each and at least one");
            Times(stage.Samples, stage.Name, where, path);
        }

        if (series.Machine.SpinMs.Length != 0 && series.Machine.SpinMs.Length != all.Samples.Length)
            throw Wrong(
                path,
                $"has {series.Machine.SpinMs.Length} samples of the machine in {where}, expected none or {all.Samples.Length}");
        Times(series.Machine.SpinMs, "the machine", where, path);
    }

    private static void Times(double[] samples, string name, string where, string path)
    {
        int at = Array.FindIndex(samples, s => !(s is >= 0 and < double.PositiveInfinity));
        if (at >= 0)
            throw Wrong(
                path, $"has a time of {samples[at]} ms (sample {at} of {name} in {where}), expected a number of 0 or more");
    }

    private static BenchmarkFormatException Wrong(string path, InvariantTextHandler what) =>
        new($"'{path}' {what.ToStringAndClear()}");
}
