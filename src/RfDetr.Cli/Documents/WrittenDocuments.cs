using RfDetr.Data;

namespace RfDetr.Cli.Documents;

/// <summary>
/// Document that <c>export</c> writes; <c>data_file</c> is null where all constants are in the file, <c>triton</c> without
/// <c>--triton</c>.
/// </summary>
internal sealed record ExportDocument(
    string File, string? DataFile, long Bytes, string Variant, IReadOnlyList<string> Warnings, TritonDocument? Triton)
{
    public static ExportDocument Of(ExportResult result, TritonExport? triton) => new(
        result.Path, result.DataPath, result.Bytes, result.Variant, result.Warnings,
        triton is null ? null : new(triton.Name, triton.Version, triton.ConfigPath));
}

/// <summary>The model of a Triton repository that <c>export --triton</c> wrote.</summary>
internal sealed record TritonDocument(string Name, int Version, string Config);

/// <summary>Document that <c>data convert</c> writes.</summary>
internal sealed record ConversionDocument(string Folder, string Layout, int Images, int Objects, IReadOnlyList<string> Lost)
{
    public static ConversionDocument Of(string folder, DataSetLayout layout, ConversionReport report) =>
        new(folder, layout.ToString(), report.Images, report.Objects, report.Lost);
}

/// <summary>Document that <c>data synth</c> writes of images.</summary>
internal sealed record SceneSetDocument(string Folder, string Annotations, int Images, int Objects);

/// <summary>Document that <c>data synth</c> writes of clips.</summary>
internal sealed record ClipSetDocument(string Folder, IReadOnlyList<WrittenClip> Clips);

/// <summary>Document that <c>download</c> writes.</summary>
internal sealed record DownloadDocument(IReadOnlyList<DownloadedFileDocument> Files);

/// <summary>A published file in the cache.</summary>
internal sealed record DownloadedFileDocument(
    string Name, string Variant, string Path, long Bytes, string Md5, string License);
