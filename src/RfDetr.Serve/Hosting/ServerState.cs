namespace RfDetr.Serve;

/// <summary>The server's name, version and id, and its end.</summary>
internal sealed class ServerState : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private volatile bool _draining;

    public const string Name = "rfdetr";

    public static string Version { get; } =
        ProgramVersion.Of(typeof(ServerState)) is { Length: > 0 } version ? version.Split('+')[0] : "0";

    /// <summary>Of this start.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>True from the order to stop on.</summary>
    public bool IsDraining => _draining;

    /// <summary>Fires when the drain is over: what is still open, such as a stream, must end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public void Drain() => _draining = true;

    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
