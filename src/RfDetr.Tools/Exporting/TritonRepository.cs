using System.Globalization;
using RfDetr.Onnx;

namespace RfDetr.Tools;

/// <summary>
/// A folder of models as NVIDIA's Triton Inference Server reads it: <c>NAME/config.pbtxt</c> and, for each version,
/// <c>NAME/1/model.onnx</c> with <c>labels.txt</c> beside it.
/// </summary>
public static class TritonRepository
{
    private const string ModelFile = "model.onnx", ConfigFile = "config.pbtxt", LabelsFile = "labels.txt";

    /// <summary>
    /// Exports a model into a repository: a new model, or the next version of one that takes and gives the same. Everything
    /// appears at once when it is complete.
    /// </summary>
    /// <param name="model">As <see cref="Exporter.Export"/> takes it.</param>
    /// <param name="repository">The repository; it is made if it is missing.</param>
    /// <param name="options">What Triton is told; null for the defaults.</param>
    /// <param name="request">The ONNX file; null as it is exported by default.</param>
    /// <exception cref="ArgumentException">
    /// An option does not fit, or the model of this name takes or gives something else; the message names both.
    /// </exception>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public static TritonExport Export(
        string model, string repository, TritonOptions? options = null, ExportRequest? request = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(repository);
        options ??= new TritonOptions();
        options.Validate();
        string name = options.NameFor(model), folder = Path.Combine(Path.GetFullPath(repository), name);
        string config = Path.Combine(folder, ConfigFile);
        bool isNew = !Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any();
        if (!isNew && !File.Exists(config))
            throw new ArgumentException($"'{folder}' holds files but no {ConfigFile}, so it is no model; give another name");

        int version = isNew ? 1 : Next(folder);
        using var staged = new StagedFolder(isNew ? folder : VersionFolder(folder, version));
        string inside = isNew ? VersionFolder(staged.Path, version) : staged.Path;
        ExportResult written = Exporter.Export(model, Path.Combine(inside, ModelFile), request);
        OnnxModelInfo file = OnnxModelInfo.Read(written.Path);
        File.WriteAllText(Path.Combine(inside, LabelsFile), Labels(file));
        string text = TritonConfig.Write(name, file, options);
        List<string> warnings = [.. written.Warnings];
        if (isNew)
            File.WriteAllText(Path.Combine(staged.Path, ConfigFile), text);
        else
            RequireSame(folder, config, file, text, warnings);
        staged.Complete();
        string final = VersionFolder(folder, version);
        return new(
            name, version, config,
            written with
            {
                Path = Path.Combine(final, ModelFile),
                DataPath = written.DataPath is { } data ? Path.Combine(final, Path.GetFileName(data)) : null,
                Warnings = warnings,
            });
    }

    // Triton reads numbered folders only, and none whose name begins with 0.
    private static int Next(string folder) => 1 + Directory.EnumerateDirectories(folder)
        .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0)
        .DefaultIfEmpty(0).Max();

    private static string VersionFolder(string folder, int version) =>
        Path.Combine(folder, version.ToString(CultureInfo.InvariantCulture));

    // The configuration is that of all versions, and people change it: it stays as it is, if the new file fits it.
    private static void RequireSame(string folder, string config, OnnxModelInfo file, string text, List<string> warnings)
    {
        string existing = File.ReadAllText(config), signature = TritonConfig.Signature(file);
        if (TritonConfig.SignatureIn(existing) is not { } before)
            throw new ArgumentException(
                $"'{config}' was not written here (its first line is no '{TritonConfig.SignatureMark.TrimEnd()}'); "
                    + $"give the model another name");
        if (before != signature)
            throw new ArgumentException(
                $"the model in '{folder}' is {before}, the new one is {signature}; what clients send and get would "
                    + "change: give it another name");
        if (existing != text)
            warnings.Add($"'{config}' is kept as it is, and differs from what would be written now");
    }

    /// <summary>
    /// A line for each logit, so that the line's number, from 0, is the class; empty where a logit is no class.
    /// </summary>
    private static string Labels(OnnxModelInfo file)
    {
        InferenceMetadata contract = MetadataJson.FindInference(file.Custom)
            ?? throw new InvalidOperationException("the exported file does not say what its classes are");
        IEnumerable<string> lines = Enumerable.Range(0, contract.NumClasses)
            .Select(label => contract.ClassIdToName.TryGetValue(label, out string? name) ? name.ReplaceLineEndings(" ") : "");
        return string.Concat(lines.Select(line => line + "\n"));
    }
}

/// <summary>Result of an export into a repository of models.</summary>
/// <param name="Name">Name that requests use.</param>
/// <param name="Version">Number of the version that was written, from 1.</param>
/// <param name="ConfigPath">The model's configuration.</param>
/// <param name="File">The ONNX file of the version.</param>
public sealed record TritonExport(string Name, int Version, string ConfigPath, ExportResult File);
