using System.Numerics;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>The moving average of the weights; defaults are rf-detr's.</summary>
public sealed record EmaOptions
{
    /// <summary>True to keep the average; usually the better model.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Decay in the long run, at least 0 and below 1.</summary>
    public double Decay { get; init; } = 0.993;

    /// <summary>Updates after which the decay has grown to 63 %; 0 for the full decay from the start.</summary>
    public double Tau { get; init; } = 100;

    /// <summary>The decay of update number <paramref name="updates"/>, from 1: decay · (1 − exp(−updates / tau)).</summary>
    internal double At(long updates) => Tau > 0 ? Decay * (1 - Math.Exp(-updates / Tau)) : Decay;
}

/// <summary>Exponential moving average of all weights, updated after every optimizer step.</summary>
internal sealed class Ema : IDisposable
{
    private readonly EmaOptions _options;
    private readonly (string Name, TorchTensor Value)[] _sources;

    /// <summary>Starts as a copy of the weights.</summary>
    /// <exception cref="ArgumentException">The decay is not in [0, 1), or tau is negative.</exception>
    public Ema(EmaOptions options, IEnumerable<(string Name, TorchTensor Value)> weights)
    {
        if (options.Decay is not (>= 0 and < 1) || options.Tau is not >= 0)
            throw new ArgumentException(
                Invariant.Text(
                    $"EMA decay is {options.Decay}, must be in [0, 1); tau is {options.Tau}, must be ≥ 0"));
        using var scope = new TorchScope();
        _options = options;
        _sources = [.. weights];
        Averages = [.. _sources.Select(w => (w.Name, TorchScope.Detach(w.Value.Detach().Clone())))];
    }

    /// <summary>The averages by checkpoint name; they belong to this object.</summary>
    public IReadOnlyList<(string Name, TorchTensor Value)> Averages { get; }

    /// <summary>Updates so far; set it, with the averages copied into, to resume.</summary>
    public long Updates { get; set; }

    /// <summary>Takes the weights' present values in.</summary>
    public void Update()
    {
        using var scope = new TorchScope();
        using GradMode guard = TorchRuntime.NoGrad();
        double decay = _options.At(++Updates);
        var onHost = new List<(TorchTensor Average, TorchTensor Value)>();
        var elsewhere = new List<(TorchTensor Average, TorchTensor Value)>();
        for (int i = 0; i < _sources.Length; i++)
        {
            (TorchTensor average, TorchTensor value) = (Averages[i].Value, _sources[i].Value);
            bool host = value.Device.IsCpu
                && value.IsContiguous && average.IsContiguous && value.ScalarType is ScalarType.Float32 or ScalarType.Float64;
            (host ? onHost : elsewhere).Add((average, value));
        }

        _ = Parallel.ForEach(onHost, pair =>
        {
            if (pair.Value.ScalarType == ScalarType.Float32)
                Average<float>(pair.Average.AsSpan<float>(), pair.Value.AsSpan<float>(), decay);
            else
                Average<double>(pair.Average.AsSpan<double>(), pair.Value.AsSpan<double>(), decay);
        });
        if (elsewhere.Count > 0)
            ForEach.Lerp_([.. elsewhere.Select(p => p.Average)], [.. elsewhere.Select(p => p.Value)], 1 - decay);
    }

    /// <summary>Moves averages towards values, element by element: average · decay + value · (1 − decay).</summary>
    internal static void Average<T>(Span<T> averages, ReadOnlySpan<T> values, double decay)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (T keep, T take) = (T.CreateChecked(decay), T.CreateChecked(1 - decay));
        int i = 0, width = Vector<T>.Count;
        for (; i <= averages.Length - width; i += width)
            (new Vector<T>(averages[i..]) * keep + new Vector<T>(values[i..]) * take).CopyTo(averages[i..]);
        for (; i < averages.Length; i++)
            averages[i] = averages[i] * keep + values[i] * take;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, TorchTensor value) in Averages)
            value.Dispose();
    }
}
