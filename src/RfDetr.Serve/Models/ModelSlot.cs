namespace RfDetr.Serve;

/// <summary>A model that may be loaded, and the ids that mean it. All members are guarded by the registry's lock.</summary>
/// <param name="name">Its name in metrics and documents.</param>
/// <param name="model">The model argument.</param>
/// <param name="isStart">True if the server was started with it.</param>
internal sealed class ModelSlot(string name, string model, bool isStart)
{
    // Numbers are without end, and each would take memory.
    private const int MaxVersions = 16;

    public string Name { get; } = name;

    public string Model { get; } = model;

    public bool IsStart { get; } = isStart;

    /// <summary>True if it is never evicted: the model that is meant where a request names none.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Ids under which it is listed while it is loaded.</summary>
    public List<string> Ids { get; } = [];

    /// <summary>Ids with a version under which it is listed besides, as it was added under them; the latest few.</summary>
    public List<string> Versions { get; } = [];

    public LoadedModel? Current { get; set; }

    /// <summary>The load under way, which everybody who waits shares.</summary>
    public Task<LoadedModel>? Loading { get; set; }

    /// <summary>True once the load under way reads the file; before, it waits for its turn.</summary>
    public bool HasBegun { get; set; }

    /// <summary>Number of loads that have begun.</summary>
    public int Begun { get; set; }

    /// <summary>Number of the load that <see cref="Current"/> came from.</summary>
    public int CurrentLoad { get; set; }

    /// <summary>True if the load that has not begun takes the place of a model that is there.</summary>
    public bool Replaces { get; set; }

    /// <summary>The reason why the last load failed; null after a success.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Bytes that it took when it was loaded last; 0 before.</summary>
    public long LastBytes { get; set; }

    /// <summary>Lists it under an id: a client asks for the list and looks for exactly the id that it added.</summary>
    public void List(string id)
    {
        List<string> ids = ModelNames.Known(id) is null && ModelNames.WithoutVersion(id) is not null ? Versions : Ids;
        if (Ids.Contains(id) || Versions.Contains(id))
            return;
        if (ids == Versions && Versions.Count == MaxVersions)
            Versions.RemoveAt(0);
        ids.Add(id);
    }
}

/// <summary>A loaded model under one of its ids.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Info">What the model means.</param>
/// <param name="Plan">The numbers of its queue.</param>
/// <param name="Bytes">Memory that it takes.</param>
internal sealed record ModelListing(string Id, string Name, ModelInfo Info, BatchPlan Plan, long Bytes);
