using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace RfDetr.Checkpoints;

/// <summary>
/// An ordered map of plain values: what a checkpoint's dictionaries, namespaces and attribute objects are read as.
/// </summary>
/// <remarks>
/// Values are <see langword="null"/>, <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>,
/// <see cref="System.Numerics.BigInteger"/> (beyond 64 bits), <c>byte[]</c>, <see cref="List{T}"/> of plain values (list, set),
/// <c>object?[]</c> (tuple), <see cref="PlainMap"/> and <see cref="StoredTensor"/>. Keys are strings almost always;
/// optimizer states use <see cref="long"/>.
/// </remarks>
internal sealed class PlainMap : IReadOnlyCollection<KeyValuePair<object, object?>>
{
    private OrderedDictionary<object, object?>? _entries;

    /// <summary>An empty map.</summary>
    public PlainMap()
    {
    }

    /// <summary>A map of string keys in the given order; a repeated key replaces the earlier value.</summary>
    public PlainMap(IEnumerable<KeyValuePair<string, object?>> entries)
    {
        foreach ((string key, object? value) in entries)
            Set(key, value);
    }

    /// <summary>The Python class the file names, e.g. <c>argparse.Namespace</c>; null for a plain dictionary.</summary>
    public string? TypeName { get; init; }

    /// <summary>Number of entries.</summary>
    public int Count => _entries?.Count ?? 0;

    /// <summary>All keys in order.</summary>
    public IEnumerable<object> Keys => _entries?.Keys ?? Enumerable.Empty<object>();

    /// <summary>The value of <paramref name="key"/>, or null if there is none (see <see cref="TryGet"/> to tell apart).</summary>
    public object? this[object key] => TryGet(key, out object? value) ? value : null;

    /// <summary>Finds a value; false if the key is absent.</summary>
    public bool TryGet(object key, out object? value)
    {
        value = null;
        return _entries is not null && _entries.TryGetValue(key, out value);
    }

    /// <summary>Finds a value of one kind; false if the key is absent or holds something else.</summary>
    public bool TryGet<T>(object key, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (!TryGet(key, out object? found) || found is not T typed)
            return false;
        value = typed;
        return true;
    }

    /// <summary>A copy with one entry added or replaced; this map is not changed.</summary>
    public PlainMap With(object key, object? value)
    {
        var copy = new PlainMap { TypeName = TypeName };
        foreach ((object k, object? v) in this)
            copy.Set(k, v);
        copy.Set(key, value);
        return copy;
    }

    /// <summary>A map of any keys in the given order, e.g. the numbers that optimizer states use.</summary>
    public static PlainMap Of(IEnumerable<(object Key, object? Value)> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var map = new PlainMap();
        foreach ((object key, object? value) in entries)
            map.Set(key, value);
        return map;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<object, object?>> GetEnumerator() =>
        (_entries ?? Enumerable.Empty<KeyValuePair<object, object?>>()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Set(object key, object? value) => (_entries ??= new(PlainKey.Instance))[key] = value;
}

/// <summary>
/// Compares keys of foreign maps as they are, and hashes numbers so that a file cannot choose ones that collide.
/// </summary>
internal sealed class PlainKey : IEqualityComparer<object>
{
    /// <summary>The one instance.</summary>
    public static PlainKey Instance { get; } = new();

    bool IEqualityComparer<object>.Equals(object? x, object? y) => Equals(x, y);

    public int GetHashCode(object key) => key switch
    {
        long number => MixedHash.Of((ulong)number),
        double number => MixedHash.Of(BitConverter.DoubleToUInt64Bits(number == 0 ? 0 : number)),
        _ => key.GetHashCode(),
    };
}
