using System.Text.Json.Serialization;
using RfDetr.Data;

namespace RfDetr.Cli.Documents;

/// <summary>A class of a data set: its logit, its id in the files, its name.</summary>
internal sealed record DataClassDocument(int Logit, long CategoryId, string Name)
{
    public static IReadOnlyList<DataClassDocument> Of(ClassTable classes) =>
        [.. classes.Select(c => new DataClassDocument(c.Index, c.CategoryId, c.Name))];
}

/// <summary>Quantiles and mean of a number.</summary>
internal sealed record DistributionDocument(double Min, double P10, double Median, double P90, double Max, double Mean)
{
    public static DistributionDocument Of(Distribution d) => new(d.Least, d.Tenth, d.Median, d.Ninetieth, d.Most, d.Mean);
}

/// <summary>Document that <c>data stats</c> writes.</summary>
internal sealed record StatisticsDocument(
    string Folder, string Layout, IReadOnlyList<DataClassDocument> Classes, IReadOnlyDictionary<string, SplitDocument> Splits)
{
    public static StatisticsDocument Of(DataSet data, IEnumerable<SplitStatistics> splits) =>
        new(
            data.Path, data.Layout.ToString(), DataClassDocument.Of(data.Classes),
            splits.ToDictionary(s => s.Name, SplitDocument.Of));
}

/// <summary>The statistics of one split.</summary>
internal sealed record SplitDocument(
    int Images, int Empty, int Objects, int Crowds, int WithMask, DistributionDocument PerImage, DistributionDocument Width,
    DistributionDocument Height, IReadOnlyList<ClassStatisticsDocument> Classes)
{
    public static SplitDocument Of(SplitStatistics s) => new(
        s.Images, s.Empty, s.Objects, s.Crowds, s.WithMask, DistributionDocument.Of(s.PerImage), DistributionDocument.Of(s.Width),
        DistributionDocument.Of(s.Height), [.. s.Classes.Select(ClassStatisticsDocument.Of)]);
}

/// <summary>The statistics of one class in a split.</summary>
internal sealed record ClassStatisticsDocument(
    string Name, int Objects, int Images, int Small, int Medium, int Large, DistributionDocument Size,
    DistributionDocument Aspect)
{
    public static ClassStatisticsDocument Of(ClassStatistics c) => new(
        c.Class.Name, c.Objects, c.Images, c.Small, c.Medium, c.Large, DistributionDocument.Of(c.Size),
        DistributionDocument.Of(c.Aspect));
}

/// <summary>
/// Document that <c>data doctor</c> writes. Layout, classes and splits are left out where no data set could be opened.
/// </summary>
internal sealed record DoctorDocument(
    string Folder, bool Ok, int Resolution, int Patch, int Queries,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Layout,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DataClassDocument>? Classes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, int>? Splits,
    IReadOnlyList<FindingDocument> Findings)
{
    public static DoctorDocument Of(string folder, DoctorOptions options, DoctorReport report, bool ok)
    {
        DataSet? data = report.Data;
        return new(
            folder, ok, options.Resolution, options.Patch, options.Queries, data?.Layout.ToString(),
            data is null ? null : DataClassDocument.Of(data.Classes), data?.Splits.ToDictionary(s => s.Name, s => s.Images.Count),
            [.. report.Findings.Select(FindingDocument.Of)]);
    }
}

/// <summary>One finding about a data set.</summary>
internal sealed record FindingDocument(
    string Level, string Code, string? Split, int Count, string Text, IReadOnlyList<string> Examples)
{
    public static FindingDocument Of(DataFinding f) =>
        new(f.Level.ToString().ToLowerInvariant(), f.Code, f.Split, f.Count, f.Text, f.Examples);
}
