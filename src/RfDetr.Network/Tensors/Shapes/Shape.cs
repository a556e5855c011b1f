using System.Collections;
using System.Runtime.CompilerServices;

namespace RfDetr.Tensors;

/// <summary>Dimensions of a tensor, outermost first; compared by value. Written <c>[Dim.Batch, 300, 4]</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
internal sealed class Shape : IReadOnlyList<Dim>, IEquatable<Shape>
{
    private readonly Dim[] _dims;

    private Shape(Dim[] dims) => _dims = dims;

    /// <summary>No dimensions: one element.</summary>
    public static Shape Scalar { get; } = new([]);

    /// <summary>Number of dimensions.</summary>
    public int Rank => _dims.Length;

    /// <inheritdoc/>
    public int Count => _dims.Length;

    /// <summary>Product of all dimensions.</summary>
    public Dim Elements
    {
        get
        {
            Dim product = 1;
            foreach (Dim dim in _dims)
                product *= dim;
            return product;
        }
    }

    /// <summary>True if no dimension depends on the batch.</summary>
    public bool IsFixed => Array.TrueForAll(_dims, static d => !d.PerBatch);

    /// <summary>One dimension; negative indices count from the last (−1).</summary>
    public Dim this[int axis] => _dims[Axis(axis)];

    /// <summary>Builds a shape from its dimensions.</summary>
    public static Shape Create(ReadOnlySpan<Dim> dims) => new(dims.ToArray());

    /// <summary>Builds a fixed shape from sizes.</summary>
    public static Shape Of(IEnumerable<int> sizes) => new([.. sizes.Select(s => new Dim(s))]);

    /// <summary>The dimensions as a span.</summary>
    public ReadOnlySpan<Dim> AsSpan() => _dims;

    /// <summary>All sizes, for a given batch.</summary>
    public int[] At(int batch) => Array.ConvertAll(_dims, d => d.At(batch));

    /// <summary>All sizes of a fixed shape.</summary>
    /// <exception cref="ShapeException">A dimension depends on the batch.</exception>
    public int[] Sizes() => Array.ConvertAll(_dims, static d => d.Size);

    /// <summary>Turns a negative axis into a positive one.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public int Axis(int axis)
    {
        int at = axis < 0 ? axis + Rank : axis;
        return (uint)at < (uint)Rank ? at : throw new ShapeException($"shape {this} has no axis {axis}");
    }

    /// <summary>The same shape with one dimension replaced.</summary>
    public Shape With(int axis, Dim dim)
    {
        var dims = (Dim[])_dims.Clone();
        dims[Axis(axis)] = dim;
        return new(dims);
    }

    /// <summary>The shape to which both broadcast (trailing axes aligned; ones stretch).</summary>
    /// <exception cref="ShapeException">Two sizes differ and neither is one.</exception>
    public static Shape Broadcast(Shape a, Shape b) =>
        TryBroadcast(a, b) ?? throw new ShapeException($"shapes {a} and {b} do not broadcast");

    /// <summary>The shape to which both broadcast, or null.</summary>
    internal static Shape? TryBroadcast(Shape a, Shape b)
    {
        var dims = new Dim[Math.Max(a.Rank, b.Rank)];
        for (int i = 1; i <= dims.Length; i++)
        {
            Dim x = i <= a.Rank ? a[^i] : 1, y = i <= b.Rank ? b[^i] : 1;
            if (x != y && !x.IsOne && !y.IsOne)
                return null;
            dims[^i] = y.IsOne ? x : y;
        }

        return new(dims);
    }

    /// <inheritdoc/>
    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)_dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && _dims.AsSpan().SequenceEqual(other._dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (Dim dim in _dims)
            hash.Add(dim);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _dims)}]";
}

/// <summary>An operation was given tensors whose shapes do not fit it.</summary>
internal sealed class ShapeException(string message) : ArgumentException(message);
