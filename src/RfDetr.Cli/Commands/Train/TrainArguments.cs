using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Training;

namespace RfDetr.Cli.Commands;

/// <summary>
/// The options of <c>rfdetr train</c>: one for each training option, and those that say where options come from.
/// </summary>
internal sealed class TrainArguments
{
    private const string ResumeName = "--resume";
    private readonly Option<string?> _config =
        OptionsOf.Text("--config", "FILE", "Options from a YAML file; those on the command line count more.");
    private readonly Option<string?> _resume = new(ResumeName)
    {
        Description =
            "Go on with the run in DIR (default: the folder of --output), exactly as if it had not ended. Its options "
                + "are read from its config.yaml.",
        HelpName = "DIR",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly (OptionEntry<TrainOptions> About, Option<string?> Option)[] _options =
        [.. TrainOptions.Table.All.Select(o => (o, Make(o)))];

    /// <summary>For the verb's list of options.</summary>
    public Symbol[] Symbols => [_config, _resume, .. _options.Select(o => o.Option)];

    /// <summary>True if a run goes on.</summary>
    public bool IsResume(CliContext context) => context.Parsed.GetResult(_resume) is { Implicit: false };

    /// <summary>All options together: defaults, then the file's, then the command line's.</summary>
    /// <exception cref="ArgumentException">A resumed run was asked for something else than it began with.</exception>
    public TrainOptions Read(CliContext context)
    {
        string? folder = IsResume(context) ? Folder(context) : null;
        TrainOptions options = folder is not null ? StoredIn(folder)
            : context.Get(_config) is { } file ? TrainOptionsFile.Read(file)
            : new TrainOptions();
        var changed = new List<string>();
        foreach ((OptionEntry<TrainOptions> about, Option<string?> option) in _options)
        {
            if (context.Get(option) is not { } text)
                continue;
            TrainOptions set = about.With(options, text);
            if (folder is not null && !about.MayChange && about.Text(set) != about.Text(options))
                changed.Add(
                    $"{about.Flag} {about.Text(set)} (it began with "
                        + $"{(about.Text(options) is { Length: > 0 } before ? before : "none")})");
            options = set;
        }

        if (changed.Count > 0)
            throw new ArgumentException(
                $"a resumed run computes what it began with; leave out {string.Join(", ", changed)}, or start a new run "
                    + $"with --model {Path.Combine(folder!, "checkpoint.pth")}");
        if (folder is not null && context.Get(_config) is not null)
            throw new ArgumentException("--config has no use with --resume; the run's own config.yaml is taken");
        return options;
    }

    private string Folder(CliContext context)
    {
        string? named = context.Get(_resume)
            ?? _options.Where(o => o.About.Flag == "--output").Select(o => context.Get(o.Option)).FirstOrDefault();
        if (named is null)
            throw new ArgumentException($"{ResumeName} needs the folder of the run");
        return File.Exists(named) ? Path.GetDirectoryName(Path.GetFullPath(named))! : named;
    }

    private static TrainOptions StoredIn(string folder)
    {
        string config = Path.Combine(folder, "config.yaml");
        if (!File.Exists(config))
            throw new FileNotFoundException(
                $"'{folder}' holds no run (there is no {config}); start one without {ResumeName}", config);
        TrainOptions stored = TrainOptionsFile.Read(config);
        return stored with { Output = stored.Output with { Folder = folder } };
    }

    private static Option<string?> Make(OptionEntry<TrainOptions> about)
    {
        string usual = about.Text(new TrainOptions());
        string description = about.Description + (usual.Length > 0 ? $" (default {usual})" : "");
        Option<string?> option = OptionsOf.Make<string?>(about.Flag, about.Placeholder, description, text =>
        {
            _ = about.With(new TrainOptions(), about.Flag == "--output" ? OutputPaths.Folder(text) : text);
            return text;
        });
        if (about.Alias is { } alias)
            option.Aliases.Add($"--{alias}");
        return option;
    }
}
