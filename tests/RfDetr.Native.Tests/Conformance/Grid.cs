using RfDetr.Tensors;

namespace RfDetr.Tests.Conformance;

/// <summary>
/// Numbers in double precision with an index for each axis: slow, plain, and independent of the code under test.
/// </summary>
internal sealed class Grid
{
    private readonly double[] _values;

    public Grid(int[] shape, Func<int[], double> value)
    {
        Shape = shape;
        _values = new double[shape.Aggregate(1, (product, size) => product * size)];
        for (int i = 0; i < _values.Length; i++)
            _values[i] = value(Index(i));
    }

    public Grid(HostTensor tensor)
    {
        Shape = [.. tensor.Shape];
        _values = tensor.DType == DType.Int64
            ? Array.ConvertAll(tensor.Span<long>().ToArray(), v => (double)v)
            : Array.ConvertAll(tensor.ToSingles(), v => (double)v);
    }

    public int[] Shape { get; }

    public IReadOnlyList<double> Values => _values;

    public double this[params ReadOnlySpan<int> index]
    {
        get
        {
            int at = 0;
            for (int axis = 0; axis < Shape.Length; axis++)
                at = at * Shape[axis] + index[axis];
            return _values[at];
        }
    }

    /// <summary>An element in row-major order.</summary>
    public double At(int position) => _values[position];

    /// <summary>An element of this grid stretched to a larger shape.</summary>
    public double Stretched(ReadOnlySpan<int> index)
    {
        int[] own = index[^Shape.Length..].ToArray();
        for (int axis = 0; axis < own.Length; axis++)
            own[axis] = Shape[axis] == 1 ? 0 : own[axis];
        return this[own];
    }

    public Grid Map(Func<double, double> function)
    {
        int at = 0;
        return new(Shape, _ => function(_values[at++]));
    }

    private int[] Index(int position)
    {
        var index = new int[Shape.Length];
        for (int axis = Shape.Length - 1; axis >= 0; axis--)
            (position, index[axis]) = (position / Shape[axis], position % Shape[axis]);
        return index;
    }
}
