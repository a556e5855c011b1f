namespace RfDetr.Jobs;

/// <summary>Options of a worker: what belongs to one machine and changes no result.</summary>
internal sealed record WorkerOptions
{
    /// <summary>The worker's name in what lies beside the rows.</summary>
    public string Worker { get; init; } = Invariant.Text($"{Environment.MachineName}-{Environment.ProcessId}");

    /// <summary>Images per run of the network; null for the detector's own choice.</summary>
    public int? Batch { get; init; }

    /// <summary>Groups of images that are read, decoded and run at a time; null for the machine's number.</summary>
    public int? Ahead { get; init; }

    /// <summary>Time to finish the current shard in once the worker is asked to stop; then it is given back.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Time between two signs of life.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time without any image being finished after which the worker gives up: something hangs.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// True if a shard none of whose images can be read is a shard of errors; otherwise it is taken for storage that is not
    /// there, and given back.
    /// </summary>
    public bool AllowMissing { get; init; }

    /// <summary>Collects everything that is out of its range into one message.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Validate()
    {
        var wrong = new List<string>();
        if (Worker.Length is 0 or > 200 || Worker.Any(char.IsControl))
            wrong.Add($"{nameof(Worker)} is '{Worker}', expected a name of 1 to 200 characters");
        if (Batch is < 1 or > 1024)
            wrong.Add(Invariant.Text($"{nameof(Batch)} is {Batch}, expected 1..1024"));
        if (Ahead is < 1 or > 1024)
            wrong.Add(Invariant.Text($"{nameof(Ahead)} is {Ahead}, expected 1..1024"));
        if (Grace < TimeSpan.Zero)
            wrong.Add($"{nameof(Grace)} is {Grace}, expected 0 or more");
        if (Heartbeat <= TimeSpan.Zero)
            wrong.Add($"{nameof(Heartbeat)} is {Heartbeat}, expected more than 0");
        if (Stall <= TimeSpan.Zero)
            wrong.Add($"{nameof(Stall)} is {Stall}, expected more than 0");
        if (wrong.Count > 0)
            throw new ArgumentException("worker options: " + string.Join("; ", wrong));
    }
}

/// <summary>Summary of a worker's run.</summary>
/// <param name="Shards">Shards whose results it added.</param>
/// <param name="Images">Images of these.</param>
/// <param name="Failed">Images among them whose row is an error.</param>
/// <param name="Objects">Objects in them.</param>
/// <param name="AlreadyDone">Shards that had results when it got them.</param>
/// <param name="Stopped">True if it was asked to stop before the queue was empty.</param>
/// <param name="Seconds">Seconds it ran.</param>
internal sealed record WorkerSummary(
    int Shards, long Images, long Failed, long Objects, int AlreadyDone, bool Stopped, double Seconds);
