using System.Text;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>
/// Weights and inputs that anyone can make from a text and an index, so that results can be compared without shipping the
/// weights. <c>u(key, i)</c> is SplitMix64 of FNV-1a-64(key) + i, scaled to [−1, 1).
/// </summary>
internal sealed class FormulaWeights(string salt) : IWeightInitializer
{
    private const int Block = 1 << 16;

    /// <summary>Fills <paramref name="values"/> with u(key, 0), u(key, 1), …</summary>
    public static void Fill(string key, Span<float> values)
    {
        ulong state = Hash(key);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)Uniform(state, i);
    }

    // Large variants have 128 million values; each depends on its index alone, so that blocks can be filled side by side.
    private static void FillRange(ulong state, double offset, double scale, float[] values, int count) =>
        Parallel.For(0, (count + Block - 1) / Block, block =>
        {
            int end = Math.Min(count, (block + 1) * Block);
            for (int i = block * Block; i < end; i++)
                values[i] = (float)(offset + scale * Uniform(state, i));
        });

    /// <summary>u(key, index) in [−1, 1), exact in float32.</summary>
    public static double Uniform(string key, int index) => Uniform(Hash(key), index);

    /// <summary>A normalized image batch [B, 3, H, W]: 2·u(salt + ":input", i).</summary>
    public HostTensor Input(int batch, int height, int width)
    {
        var values = new float[checked(batch * 3 * height * width)];
        Fill($"{salt}:input", values);
        for (int i = 0; i < values.Length; i++)
            values[i] *= 2;
        return HostTensor.Of(values, batch, 3, height, width);
    }

    /// <inheritdoc/>
    public HostTensor Create(string name, ReadOnlySpan<int> shape)
    {
        (double offset, double scale) = Range(name, shape);
        var values = new float[shape.ToArray().Aggregate(1, (product, size) => checked(product * size))];
        int distinct = HasEqualRows(name) ? shape[1] : values.Length;
        FillRange(Hash($"{salt}:{name}"), offset, scale, values, distinct);
        for (int row = distinct; row < values.Length; row += distinct)
            values.AsSpan(0, distinct).CopyTo(values.AsSpan(row));
        return HostTensor.Of(values, shape);
    }

    // With equal query rows the result does not depend on the order of nearly equal proposals.
    private bool HasEqualRows(string name) =>
        !salt.StartsWith("ranked", StringComparison.Ordinal)
            && (
                name.EndsWith("refpoint_embed.weight", StringComparison.Ordinal)
                    || name.EndsWith("query_feat.weight", StringComparison.Ordinal));

    private static (double Offset, double Scale) Range(string name, ReadOnlySpan<int> shape)
    {
        double fanIn = 1;
        foreach (int size in shape.Length > 0 ? shape[1..] : shape)
            fanIn *= size;
        double k = Math.Sqrt(3 / fanIn);
        bool isWeight = name.EndsWith("weight", StringComparison.Ordinal);
        return name switch
        {
            _ when Ends("refpoint_embed.weight") => (0, 0.1),
            _ when Ends("query_feat.weight") => (0, 0.5),
            _ when Ends("mask_token") => (0, 0),
            _ when Ends("cls_token") || Ends("position_embeddings") || Ends("register_tokens") => (0, 0.2),
            _ when Ends("lambda1") => (0.5, 0.25),
            _ when Has("sampling_offsets") => (0, isWeight ? 0.5 * k : 2),
            _ when Has("bbox_embed") && Has("layers.2.") => (0, isWeight ? 0.3 * k : 0.1),
            _ when Has("class_embed") => isWeight ? (0, 2 * k) : (-2, 0.5),
            _ when shape.Length == 1 => isWeight ? (1, 0.2) : (0, 0.1),
            _ => (0, k),
        };

        bool Ends(string suffix) => name.EndsWith(suffix, StringComparison.Ordinal);
        bool Has(string part) => name.Contains(part, StringComparison.Ordinal);
    }

    private static ulong Hash(string key)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(key))
            hash = (hash ^ b) * 0x100000001b3;
        return hash;
    }

    private static double Uniform(ulong state, int index) =>
        (SplitMix64.Mix(state + ((ulong)index + 1) * SplitMix64.Step) >> 40) / 8388608.0 - 1;
}
