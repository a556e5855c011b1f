using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Jobs;

namespace RfDetr.Cli.Commands;

/// <summary>The options that say where a job is.</summary>
internal sealed class JobPlaceArguments
{
    private readonly Option<string?> _results = OptionsOf.Text(
        "--results", "postgres://…", "Rows go to this database instead of files beside the manifest.");
    private readonly Option<string?> _broker = OptionsOf.Text(
        "--broker", "amqp(s)://…",
        "The RabbitMQ that hands out shards; default $RFDETR_BROKER; without either the job runs on this machine alone.");
    private readonly Option<bool> _noBroker =
        OptionsOf.Flag("--no-broker", "Take shards from the job itself, even though $RFDETR_BROKER names a broker.");

    /// <summary>The destination of a job that is there.</summary>
    public Argument<string> Destination { get; } = new("DEST")
    {
        Description = "The destination the job was submitted to: a folder or s3://bucket/prefix.",
    };

    public IEnumerable<Option> Options => [_results, _broker, _noBroker];

    public Option<string?> Results => _results;

    public Option<string?> BrokerOption => _broker;

    /// <summary>Opens a destination.</summary>
    public Task<Destination> OpenAsync(CliContext context, string output) =>
        Destinations.OpenAsync(output, context.Get(_results), context.Cancellation);

    /// <summary>Opens the destination of the argument.</summary>
    public Task<Destination> OpenAsync(CliContext context) => OpenAsync(context, context.Get(Destination));

    /// <summary>The broker, or null.</summary>
    /// <exception cref="ArgumentException">One is named and refused.</exception>
    public IJobBroker? Broker(CliContext context)
    {
        if (!context.Get(_noBroker))
            return Destinations.BrokerOf(context.Get(_broker), new ActionProgress<string>(context.Warn));
        return context.Get(_broker) is null
            ? null
            : throw new ArgumentException("--broker and --no-broker contradict each other");
    }
}
