using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>The one way in which verbs open a data set: oddities of its files are reported before the work begins.</summary>
internal sealed class DataOpening
{
    /// <summary>For the verb's list.</summary>
    public Option<bool> Links { get; } = OptionsOf.Flag(
        "--follow-links", "Let symbolic links lead out of the data set's folder: for links of your own.");

    /// <summary>Opens a data set.</summary>
    public DataSet Open(CliContext context, string path, DataSetOptions? options = null)
    {
        var data = DataSet.Open(path, (options ?? DataSetOptions.Default) with { FollowLinks = context.Get(Links) });
        foreach (string warning in data.Warnings)
            context.Warn(warning);
        return data;
    }

    /// <summary>Opens a data set on another thread.</summary>
    public Task<DataSet> OpenAsync(CliContext context, string path, DataSetOptions? options = null) =>
        Task.Run(() => Open(context, path, options), context.Cancellation);
}
