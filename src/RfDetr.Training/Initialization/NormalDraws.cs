namespace RfDetr.Training;

/// <summary>
/// Random numbers of one tensor: a series of its own, named by seed and tensor, so that no tensor depends on another.
/// </summary>
internal sealed class NormalDraws
{
    private ulong _state;

    public NormalDraws(long seed, string name)
    {
        // FNV-1a of the name, as in the parity formula; SplitMix64 from there.
        ulong hash = 14695981039346656037;
        foreach (char c in name)
            hash = (hash ^ c) * 1099511628211;
        _state = hash + (ulong)seed * SplitMix64.Step;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform() => (SplitMix64.Next(ref _state) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Standard normal (Box and Muller).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Standard normal within ±2.</summary>
    public double TruncatedNormal()
    {
        double value;
        do
            value = Normal();
        while (Math.Abs(value) > 2);
        return value;
    }
}
