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

    /// <summary>Lists the sources and submits; the model, which will run elsewhere, is not loaded.</summary>
    public async Task<Submitted> SubmitAsync(CliContext context, Destination destination)
    {
        (SubmitOptions options, IJobSource[] sources) = (Options(context), Sources(context));
        (string model, ModelOptions meaning, Engine engine) =
            (Model.Model(context), Model.Options(context), Model.Engine(context));
        ClassMap classes = await Task.Run(
            () => JobModels.Classes(model, meaning, engine), context.Cancellation).ConfigureAwait(false);
        return await SubmitAsync(context, destination, options, sources, classes).ConfigureAwait(false);
    }

    /// <summary>Loads the model, lists the sources and submits; the model is ready to work on the job.</summary>
    /// <param name="context">The command line.</param>
    /// <param name="destination">Where the job goes.</param>
    /// <param name="optimize">Chooses how the model runs.</param>
    public async Task<(Submitted Submitted, Detector Detector)> SubmitAsync(
        CliContext context, Destination destination, OptimizeArguments optimize)
    {
        (SubmitOptions options, IJobSource[] sources) = (Options(context), Sources(context));
        Detector detector = await optimize.LoadAsync(
            context, Model.Model(context), Model.Options(context), Model.Engine(context)).ConfigureAwait(false);
        try
        {
            Submitted submitted = await SubmitAsync(
                context, destination, options, sources, detector.Model.Classes).ConfigureAwait(false);
            return (submitted, detector);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    private async Task<Submitted> SubmitAsync(
        CliContext context, Destination destination, SubmitOptions options, IJobSource[] sources, ClassMap classes)
    {
        (string model, ModelOptions meaning) = (Model.Model(context), Model.Options(context));
        string sha256 = await Task.Run(
            () => JobModels.Digest(model, meaning.AcceptLicense), context.Cancellation).ConfigureAwait(false);
        var job = new JobModel(
            model, sha256, classes.Entries,
            JobOptions.Of(
                meaning, Selection.Options(context, classes), JobWords.Precision(Model.Precision(context)),
                ImageLimits.Default.MaxPixels));
        return await context.WithProgressAsync("listing images", bar => Submission.RunAsync(
            destination.Files, sources, job, options,
            new ActionProgress<long>(found => bar.Report(found, null, Invariant.Plural(found, "image"))),
            context.Cancellation)).ConfigureAwait(false);
    }

    private IJobSource[] Sources(CliContext context)
    {
        var options = new SourceOptions { Recursive = context.Get(_recursive), ImageFolder = context.Get(_images) };
        return [.. context.Get(_sources).Select(s => JobSources.Of(s, options))];
    }

    private SubmitOptions Options(CliContext context)
    {
        var options = new SubmitOptions
        {
            Name = context.Get(_name),
            ShardSize = context.Get(_shardSize) ?? SubmitOptions.DefaultShardSize,
            LocationsAsIds = context.Get(_ids) == "location",
        };
        options.Validate();
        return options;
    }
}

/// <summary>Words of the command line for the enums of jobs.</summary>
internal static class JobWords
{
    public static JobPrecision Precision(string? word) =>
        word is null ? JobPrecision.AsModel : Enum.Parse<JobPrecision>(word, ignoreCase: true);

    public static string? Precision(JobPrecision precision) =>
        precision == JobPrecision.AsModel ? null : precision.ToString().ToLowerInvariant();
}
