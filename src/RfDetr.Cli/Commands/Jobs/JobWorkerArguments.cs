using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;

namespace RfDetr.Cli.Commands;

/// <summary>The options of a worker: what belongs to one machine and changes no result.</summary>
internal sealed class JobWorkerArguments
{
    private readonly Option<int?> _batch =
        OptionsOf.Whole("--batch", "B", "Images per run of the network (default 1; with --optimize the quickest).", 1, 1024);
    private readonly Option<int?> _ahead = OptionsOf.Whole(
        "--ahead", "N", "Groups of B images that are read, decoded and run at a time (default two more than cores, at most 8).",
        1,
        1024);
    private readonly Option<string?> _worker = Name();
    private readonly Option<TimeSpan?> _grace = Times.Option(
        "--grace", "After SIGTERM or Ctrl-C: time to finish the shard in hand before it is given back (default 25).");
    private readonly Option<TimeSpan?> _heartbeat =
        Times.Option("--heartbeat", "Time between two signs of life on standard error (default 30).", zero: false);
    private readonly Option<TimeSpan?> _stall = Times.Option(
        "--stall", "Time without any image being finished after which the worker gives up (default 600).", zero: false);
    private readonly Option<bool> _missing = OptionsOf.Flag(
        "--allow-missing", "Take a shard none of whose images can be read for a shard of errors, not for missing storage.");
    private readonly Option<ShardShare?> _shards = OptionsOf.Make<ShardShare?>(
        "--shards", "I/N", "Do every N-th shard from the I-th on, for array jobs of any scheduler; needs no broker.",
        text => ShardShare.Parse(text));

    /// <summary>In the order of the help text.</summary>
    public IEnumerable<Option> All => [_shards, _batch, _ahead, _worker, _grace, _heartbeat, _stall, _missing];

    /// <summary>The option of the worker's name, alone.</summary>
    public static Option<string?> Name() =>
        OptionsOf.Text("--worker", "NAME", "This worker's name beside its rows (default host and process).");

    /// <summary>The share of the shards, and the machine.</summary>
    public RunOptions Run(CliContext context) =>
        new() { Worker = Options(context), Share = context.Get(_shards) ?? ShardShare.All };

    private WorkerOptions Options(CliContext context)
    {
        var defaults = new WorkerOptions();
        var options = new WorkerOptions
        {
            Worker = context.Get(_worker) ?? defaults.Worker,
            Batch = context.Get(_batch),
            Ahead = context.Get(_ahead),
            Grace = context.Get(_grace) ?? defaults.Grace,
            Heartbeat = context.Get(_heartbeat) ?? defaults.Heartbeat,
            Stall = context.Get(_stall) ?? defaults.Stall,
            AllowMissing = context.Get(_missing),
        };
        options.Validate();
        return options;
    }
}
