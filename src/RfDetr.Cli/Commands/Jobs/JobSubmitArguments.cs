using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;

namespace RfDetr.Cli.Commands;

/// <summary>The arguments of a submission: images, model, options, destination.</summary>
internal sealed class JobSubmitArguments
{
    private readonly Argument<string[]> _sources = new("SOURCE")
    {
        Description =
            "Images: folders, patterns ('shots/**/*.jpg'), lists (.txt: a path per line; .jsonl: id and location), COCO files "
            + "(.json), s3://bucket/prefix.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _output =
        OptionsOf.Text("--output", "DEST", "Where the job and its results go: a folder or s3://bucket/prefix.");
    private readonly Option<bool> _recursive = OptionsOf.Flag("--recursive", "Search folders to their depth.");
    private readonly Option<string?> _images =
        OptionsOf.Text("--images", "DIR", "The folder of a COCO file's images (default the file's own).");
    private readonly Option<string?> _name =
        OptionsOf.Text("--name", "NAME", "The job's name (default the last part of DEST).");
    private readonly Option<int?> _shardSize = OptionsOf.Whole(
        "--shard-size", "N",
        $"Images of a shard (default {SubmitOptions.DefaultShardSize}); more for quick models or more than 100 million images.",
        1,
        65_536);
    private readonly Option<string?> _ids = OptionsOf.Choice(
        "--ids", "An image's id: its name within its source (the default), or its whole location.", "name", "location");

    public JobSubmitArguments() => _output.Required = true;

    public ModelArguments Model { get; } = new();

    public SelectionArguments Selection { get; } = new();

    /// <summary>In the order of the help text.</summary>
    public IEnumerable<Symbol> All =>
        [_sources, _output, .. Model.All, .. Selection.All, _recursive, _images, _name, _shardSize, _ids];

    public string Output(CliContext context) => context.Get(_output)!;

    /// <summary>Loads the model, lists the sources and submits; the model is ready to work with it.</summary>
    /// <param name="context">The command line.</param>
    /// <param name="destination">Where the job goes.</param>
    /// <param name="optimize">Chooses how the model runs; null where it will not run here.</param>
    public async Task<(Submitted Submitted, Detector Detector)> SubmitAsync(
        CliContext context, Destination destination, OptimizeArguments? optimize = null)
    {
        SubmitOptions options = Options(context);
        options.Validate();
        var sourceOptions = new SourceOptions { Recursive = context.Get(_recursive), ImageFolder = context.Get(_images) };
        IJobSource[] sources = [.. context.Get(_sources).Select(s => JobSources.Of(s, sourceOptions))];
        (string model, ModelOptions meaning) = (Model.Model(context), Model.Options(context));
        string sha256 = await Task.Run(
            () => JobModels.Digest(model, meaning.AcceptLicense), context.Cancellation).ConfigureAwait(false);
        Engine engine = Model.Engine(context);
        Detector detector = optimize is null
            ? await ModelArguments.LoadAsync(context, model, meaning, engine).ConfigureAwait(false)
            : await optimize.LoadAsync(context, model, meaning, engine).ConfigureAwait(false);
        try
        {
            var job = new JobModel(
                model, sha256, detector.Model.Classes.Entries,
                JobOptions.Of(
                    meaning, Selection.Options(context, detector.Model.Classes), JobWords.Precision(Model.Precision(context)),
                    ImageLimits.Default.MaxPixels));
            Submitted submitted = await context.WithProgressAsync("listing images", bar => Submission.RunAsync(
                destination.Files, sources, job, options,
                new ActionProgress<long>(found => bar.Report(found, null, Invariant.Plural(found, "image"))),
                context.Cancellation)).ConfigureAwait(false);
            return (submitted, detector);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    private SubmitOptions Options(CliContext context) => new()
    {
        Name = context.Get(_name),
        ShardSize = context.Get(_shardSize) ?? SubmitOptions.DefaultShardSize,
        LocationsAsIds = context.Get(_ids) == "location",
    };
}

/// <summary>Words of the command line for the enums of jobs.</summary>
internal static class JobWords
{
    public static JobPrecision Precision(string? word) =>
        word is null ? JobPrecision.AsModel : Enum.Parse<JobPrecision>(word, ignoreCase: true);

    public static string? Precision(JobPrecision precision) =>
        precision == JobPrecision.AsModel ? null : precision.ToString().ToLowerInvariant();
}
