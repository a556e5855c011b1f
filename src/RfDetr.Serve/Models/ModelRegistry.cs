using System.Diagnostics.CodeAnalysis;
using RfDetr.Checkpoints;

namespace RfDetr.Serve;

/// <summary>
/// The models of a server: loaded, warmed, replaced and removed while requests go on. A request holds a lease; a model that was
/// replaced or removed is freed when its last lease has ended. Loads run one after the other, and those who ask for the same one
/// share it.
/// </summary>
internal sealed class ModelRegistry : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ServeOptions _options;
    private readonly ServeMetrics _metrics;
    private readonly object _gate = new();
    private readonly SemaphoreSlim _loads = new(1);
    private readonly List<ModelSlot> _slots = [];
    private readonly Dictionary<string, ModelSlot> _byId = new(StringComparer.Ordinal);
    private bool _started;

    public ModelRegistry(ServeOptions options, ServeMetrics metrics)
    {
        (_options, _metrics) = (options, metrics);
        IReadOnlyList<ModelChoice> choices = options.Models.Count > 0 ? options.Models
            : [ModelChoice.Parse(BuiltInModels.Default)];
        foreach (ModelChoice choice in choices)
        {
            // The alias is what the owner calls it; the file's name is the second choice.
            string name = choice.Names.Count > 1 ? choice.Names[1] : choice.Names[0];
            var slot = new ModelSlot(name, choice.Model, isStart: true) { IsPinned = _slots.Count == 0 };
            _slots.Add(slot);
            foreach (string id in choice.Names)
            {
                if (!_byId.TryAdd(id, slot))
                    throw new ArgumentException(
                        $"two models are called '{id}'; give one of them another name: --model FILE=ALIAS");
                slot.Ids.Add(id);
            }
        }
    }

    /// <summary>True once all models of the start are warm.</summary>
    public bool IsStarted => Volatile.Read(ref _started);

    /// <summary>True if every loaded model's threads move.</summary>
    public bool IsHealthy => Loaded().All(m => m.Batcher.IsHealthy);

    /// <summary>The id of the model that is meant where a request names none.</summary>
    public string DefaultId => _slots[0].Name;

    /// <summary>Every id that may be asked for without loading anything new, and those of the start.</summary>
    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (_gate)
                return [.. _byId.Keys];
        }
    }

    /// <summary>The models in memory, each once.</summary>
    public IReadOnlyList<LoadedModel> Loaded()
    {
        lock (_gate)
            return [.. _slots.Select(s => s.Current).OfType<LoadedModel>()];
    }

    /// <summary>The loaded models under each of their ids.</summary>
    public IReadOnlyList<ModelListing> Listings()
    {
        lock (_gate)
        {
            return
            [
                .. from slot in _slots
                   let model = slot.Current
                   where model is not null
                   from id in slot.Ids.Concat(slot.Versions)
                   select new ModelListing(id, slot.Name, model.Info, model.Batcher.Plan, model.Bytes),
            ];
        }
    }

    /// <summary>
    /// Loads the models of the start. One that the memory cap does not allow beside others waits for a request.
    /// </summary>
    /// <exception cref="RfDetrException">A model cannot be loaded.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (ModelSlot slot in _slots.ToArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await LoadAsync(slot, evict: slot.IsPinned).ConfigureAwait(false);
            }
            catch (ServeException e) when (e.Code == ErrorCodes.Memory && !slot.IsPinned)
            {
                // Its first request makes room for it.
            }
        }

        Volatile.Write(ref _started, true);
    }

    /// <summary>Borrows a model.</summary>
    /// <param name="id">Its id; null or empty for the first model of the start.</param>
    /// <param name="mayLoad">True if the caller may have a model loaded that the server was not started with.</param>
    /// <exception cref="ServeException">404: there is none; 503: it is being loaded.</exception>
    public ModelLease Lease(string? id, bool mayLoad)
    {
        id = string.IsNullOrEmpty(id) ? DefaultId : id;
        lock (_gate)
        {
            if (!TryFind(id, out ModelSlot? slot) && !(mayLoad && TryAddSlot(id, out slot)))
                throw ServeException.NoModel(id, _byId.Keys);
            if (slot.Current?.TryLease() is { } lease)
                return lease;
            if (slot.Loading is null && !slot.IsStart && !mayLoad)
                throw ServeException.NoModel(id, _byId.Keys);
            if (slot.Failure is { } failure && slot.Loading is null)
            {
                slot.Failure = null; // the next request tries again
                throw LoadFailed(id, failure);
            }

            ObserveLater(LoadAsync(slot, evict: true));
            throw ServeException.Loading(id);
        }
    }

    /// <summary>
    /// The id of a loaded model in the spelling it is listed under, ignoring case and an ending; null if there is none.
    /// </summary>
    public string? FindIgnoringCase(string name)
    {
        string stem = name.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name;
        lock (_gate)
            return _byId.Keys.FirstOrDefault(k => k.Equals(stem, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Loads a model, unless it is there, and lists it under an id. Waits until it is warm.</summary>
    /// <exception cref="ServeException">404: there is no such model on this machine; 507: it does not fit.</exception>
    public async Task<LoadedModel> AddAsync(string id)
    {
        Task<LoadedModel> load;
        lock (_gate)
        {
            if (!TryFind(id, out ModelSlot? slot) && !TryAddSlot(id, out slot))
                throw ServeException.NoModel(id, _byId.Keys);
            slot.List(id);
            load = slot.Current is { } current ? Task.FromResult(current) : LoadAsync(slot, evict: true);
        }

        return await OrFailedAsync(load, id).ConfigureAwait(false);
    }

    /// <summary>
    /// Replaces a loaded model by its file as it is now: the new one is loaded and warmed beside the old one, which goes when its
    /// last request has ended. If the new one cannot be loaded, the old one stays.
    /// </summary>
    public async Task<LoadedModel> ReloadAsync(string id)
    {
        int? earlier = null;
        while (true)
        {
            Task<LoadedModel> load;
            bool isNew;
            lock (_gate)
            {
                if (!TryFind(id, out ModelSlot? slot))
                    throw ServeException.NoModel(id, _byId.Keys);
                // A load that had begun may have read the file before it was changed: it is waited for, and the next one counts.
                earlier ??= slot.Begun;
                if (slot.Current is { } current && slot.CurrentLoad > earlier)
                    return current;
                isNew = slot.Loading is null || !slot.HasBegun || slot.Begun > earlier;
                load = slot.Loading is { } under && slot.HasBegun ? under : LoadAsync(slot, evict: true, replace: true);
            }

            if (isNew)
                return await OrFailedAsync(load, id).ConfigureAwait(false);
            await ((Task)load).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Unloads a model; requests that use it end first. False if it is not loaded.</summary>
    public bool Remove(string id)
    {
        lock (_gate)
        {
            if (!TryFind(id, out ModelSlot? slot))
                throw ServeException.NoModel(id, _byId.Keys);
            return Unload(slot);
        }
    }

    /// <summary>Unloads all models.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (ModelSlot slot in _slots)
                Unload(slot);
        }
    }

    /// <summary>
    /// Unloads all and waits until they are freed, but not for a network that never returns: a server that is told to stop ends.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _loads.WaitAsync(s_patience).ConfigureAwait(false);
        IReadOnlyList<LoadedModel> loaded = Loaded();
        Clear();
        await Task.WhenAny(Task.WhenAll(loaded.Select(m => m.Gone)), Task.Delay(s_patience)).ConfigureAwait(false);
    }

    // An id that stands for published weights is never the version of a model that happens to have its first part as a name.
    private bool TryFind(string id, [NotNullWhen(true)] out ModelSlot? slot) =>
        _byId.TryGetValue(id, out slot)
        || (ModelNames.Known(id) is null && ModelNames.WithoutVersion(id) is { } name && _byId.TryGetValue(name, out slot));

    // A name of a table, never a path; the weights must lie on this machine.
    private bool TryAddSlot(string id, [NotNullWhen(true)] out ModelSlot? slot)
    {
        slot = null;
        if (ModelNames.Known(id) is null && ModelNames.WithoutVersion(id) is { } name)
            id = name;
        if (ModelNames.Known(id) is not { } model)
            return false;
        slot = _slots.Find(s => s.Model == model);
        if (slot is null)
        {
            try
            {
                _ = ModelReference.Parse(model).Locate(_options.AcceptLicense);
            }
            catch (Exception e) when (e is FileNotFoundException or LicenseNotAcceptedException)
            {
                return false;
            }

            slot = new ModelSlot(model, model, isStart: false);
            _slots.Add(slot);
        }

        _byId[id] = slot;
        slot.List(id);
        return true;
    }

    private bool Unload(ModelSlot slot)
    {
        if (slot.Current is not { } current)
            return false;
        slot.Current = null;
        current.Retire();
        slot.Versions.Clear();
        if (!slot.IsStart)
            slot.Ids.Clear();
        return true;
    }

    // Called with or without the lock; returns at once.
    private Task<LoadedModel> LoadAsync(ModelSlot slot, bool evict, bool replace = false)
    {
        lock (_gate)
        {
            slot.Replaces |= replace; // also where somebody who only wants it loaded was first
            return slot.Loading ??= Task.Run(() => LoadInTurnAsync(slot, evict));
        }
    }

    private async Task<LoadedModel> LoadInTurnAsync(ModelSlot slot, bool evict)
    {
        await _loads.WaitAsync().ConfigureAwait(false);
        try
        {
            LoadedModel? before;
            bool replace;
            lock (_gate)
            {
                (before, replace) = (slot.Current, slot.Replaces);
                (slot.HasBegun, slot.Replaces) = (true, false);
                slot.Begun++;
            }

            if (before is not null && !replace)
                return before;
            MakeRoom(slot, slot.LastBytes, evict);
            LoadedModel loaded = LoadedModel.Load(slot.Name, slot.Model, _options, _metrics.Of(slot.Name));
            try
            {
                MakeRoom(slot, loaded.Bytes, evict);
            }
            catch
            {
                loaded.Retire();
                throw;
            }

            lock (_gate)
            {
                slot.Current?.Retire();
                (slot.Current, slot.LastBytes, slot.Failure) = (loaded, loaded.Bytes, null);
                slot.CurrentLoad = slot.Begun; // loads of a model follow each other
            }

            return loaded;
        }
        catch (Exception e)
        {
            lock (_gate)
                slot.Failure = e is ServeException ? null : e;
            throw;
        }
        finally
        {
            lock (_gate)
                (slot.Loading, slot.HasBegun) = (null, false);
            _loads.Release();
        }
    }

    /// <summary>Unloads the least recently used models until another one fits under the cap.</summary>
    private void MakeRoom(ModelSlot slot, long bytes, bool evict)
    {
        if (_options.MemoryCapBytes is not { } cap)
            return;
        lock (_gate)
        {
            while (true)
            {
                LoadedModel[] others = [.. _slots.Where(s => s != slot).Select(s => s.Current).OfType<LoadedModel>()];
                long taken = others.Sum(m => m.Bytes);
                if (taken + bytes <= cap)
                    return;
                ModelSlot? oldest = evict
                    ? _slots.Where(s => s != slot && !s.IsPinned && s.Current is { Leases: 0 })
                        .MinBy(s => s.Current!.LastUsed)
                    : null;
                if (oldest is null)
                {
                    throw new ServeException(
                        StatusCodes.Status507InsufficientStorage, ErrorCodes.Memory, Invariant.Text(
                            $"the model '{slot.Name}' takes {bytes} bytes, other models {taken}; the limit is {cap} "
                                + $"(--memory-cap)"));
                }

                Unload(oldest);
            }
        }
    }

    private static async Task<LoadedModel> OrFailedAsync(Task<LoadedModel> load, string id)
    {
        try
        {
            return await load.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not ServeException and not OperationCanceledException)
        {
            throw LoadFailed(id, e);
        }
    }

    // Messages of readers name files, which are nobody's business but the log's.
    private static ServeException LoadFailed(string id, Exception cause) => new(
        StatusCodes.Status500InternalServerError, ErrorCodes.Internal,
        $"the model '{ServeException.Shown(id)}' cannot be loaded; the server's log says why")
    {
        Detail = cause.Message,
    };

    private static void ObserveLater(Task task) => task.ContinueWith(
        static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
