using System.Collections;
using System.Runtime.CompilerServices;

namespace RfDetr.Tensors;

/// <summary>A short list of integers that compares by value, so that operations holding one do too.</summary>
[CollectionBuilder(typeof(IntList), nameof(Create))]
internal sealed class IntList : IReadOnlyList<int>, IEquatable<IntList>
{
    private readonly int[] _items;

    private IntList(int[] items) => _items = items;

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public int this[int index] => _items[index];

    /// <summary>Copies the items.</summary>
    public static IntList Create(ReadOnlySpan<int> items) => new(items.ToArray());

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(IntList? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IntList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int item in _items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _items)}]";
}
