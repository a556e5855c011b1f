namespace RfDetr.Jobs;

/// <summary>RabbitMQ with the queues of jobs; each part opens a connection of its own when it is first used.</summary>
/// <param name="address">The broker.</param>
/// <param name="options">Behavior towards it.</param>
internal sealed class RabbitBroker(BrokerAddress address, BrokerOptions options) : IJobBroker
{
    private readonly List<RabbitEvents> _events = [];

    public IShardQueue Work(JobDefinition job) => new RabbitQueue(address, job, options);

    public IShardQueue Dead(JobDefinition job) => new RabbitDead(address, job, options);

    public IShardPublisher Publisher() => new RabbitPublisher(address, options);

    public IProgress<JobEvent> Events(JobDefinition job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var events = new RabbitEvents(address, job.Name);
        lock (_events)
            _events.Add(events);
        return events;
    }

    public IAsyncEnumerable<JobEvent> ReadEventsAsync(
        JobDefinition job, bool fromBeginning, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        return RabbitEvents.ReadAsync(address, job.Name, fromBeginning, cancellationToken);
    }

    /// <summary>Sends the events that still wait.</summary>
    public async ValueTask DisposeAsync()
    {
        RabbitEvents[] events;
        lock (_events)
        {
            events = [.. _events];
            _events.Clear();
        }

        foreach (RabbitEvents one in events)
            await one.DisposeAsync().ConfigureAwait(false);
    }
}
