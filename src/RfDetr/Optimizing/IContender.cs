namespace RfDetr;

/// <summary>A candidate that is loaded and can be measured.</summary>
internal interface IContender : IDisposable
{
    /// <summary>Everything it finds on the probe images, shown in batches of <paramref name="batch"/>.</summary>
    IReadOnlyList<Detections> Look(int batch, CancellationToken cancellationToken);

    /// <summary>One call with <paramref name="batch"/> images.</summary>
    void Call(int batch, CancellationToken cancellationToken);

    /// <summary>Waits until it leaves the cores to others. Not measured.</summary>
    void Settle();
}

/// <summary>Source of candidates.</summary>
internal interface IContenderSource
{
    /// <summary>Loads a candidate.</summary>
    IContender Open(EngineChoice choice, CancellationToken cancellationToken);
}
