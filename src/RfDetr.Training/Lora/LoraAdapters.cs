using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// Adapters on the queries, keys and values of every encoder layer. The network knows nothing of them: its tensors hold the
/// effective weights,
/// and their gradients are carried on to the adapters afterwards. So what is saved of the network is merged at any time.
/// </summary>
internal sealed class LoraAdapters : IDisposable
{
    private const string Encoder = "backbone.0.encoder.";

    private static readonly string[] _targets = [".attention.query.weight", ".attention.key.weight", ".attention.value.weight"];

    /// <summary>Puts adapters on the matrices of <paramref name="parameters"/> that they are for.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public LoraAdapters(AdapterOptions options, IEnumerable<KeyValuePair<string, TorchTensor>> parameters)
    {
        Adapters = [.. parameters.Where(p => IsTarget(p.Key)).Select(p => new LoraAdapter(p.Key, p.Value, options.Validated()))];
        if (Adapters.Count == 0)
            throw new ArgumentException("the network has no encoder attention to put adapters on");
    }

    /// <summary>In the order of the network's tensors.</summary>
    public IReadOnlyList<LoraAdapter> Adapters { get; }

    /// <summary>True for matrices that take an adapter.</summary>
    public static bool IsTarget(string name) =>
        name.StartsWith(Encoder, StringComparison.Ordinal) && _targets.Any(t => name.EndsWith(t, StringComparison.Ordinal));

    /// <summary>True for what adapters replace the training of: all of the encoder.</summary>
    public static bool IsFixed(string name) => name.StartsWith(Encoder, StringComparison.Ordinal);

    /// <summary>Tensors that are trained, by name; names follow PEFT's.</summary>
    public IEnumerable<(string Name, TorchTensor Value)> Trained =>
        Adapters.SelectMany(a => Named(a).Where(t => t.Value != a.Base));

    /// <summary>Everything a resumed run needs, by name: trained tensors and bases.</summary>
    public IEnumerable<(string Name, TorchTensor Value)> State => Adapters.SelectMany(Named);

    /// <summary>Writes the effective weights into the network.</summary>
    public void Write()
    {
        using GradMode guard = TorchRuntime.NoGrad();
        foreach (LoraAdapter adapter in Adapters)
        {
            using var scope = new TorchScope();
            _ = adapter.Weight.Copy_(adapter.Effective());
        }
    }

    /// <summary>Carries the gradients of the effective weights on to the adapters and clears them.</summary>
    public void Backward()
    {
        foreach (LoraAdapter adapter in Adapters)
        {
            using var scope = new TorchScope();
            if (adapter.Weight.Grad is not { } gradient)
                continue;
            adapter.Effective().Backward(gradient);
            adapter.Weight.Grad = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LoraAdapter adapter in Adapters)
            adapter.Dispose();
    }

    private static IEnumerable<(string Name, TorchTensor Value)> Named(LoraAdapter adapter)
    {
        string stem = adapter.Name[..^".weight".Length];
        yield return ($"{stem}.base_layer.weight", adapter.Base);
        yield return ($"{stem}.lora_A.default.weight", adapter.A);
        yield return ($"{stem}.lora_B.default.weight", adapter.B);
        if (adapter.Magnitudes is { } magnitudes)
            yield return ($"{stem}.lora_magnitude_vector.default.weight", magnitudes);
    }
}
