namespace RfDetr.Tensors;

/// <summary>
/// Makes tensors of whatever name and shape a network asks for: a formula, a random initialization, or only a record of what was
/// asked.
/// </summary>
internal interface IWeightInitializer
{
    /// <summary>The tensor, or null to leave a placeholder that has a shape and no numbers.</summary>
    HostTensor? Create(string name, ReadOnlySpan<int> shape);
}

/// <summary>
/// Collects what a network asks for, in its order, without giving it any numbers: the network's parameter list.
/// </summary>
internal sealed class ParameterList : IWeightInitializer
{
    private readonly List<(string Name, int[] Shape)> _parameters = [];

    /// <summary>Names and shapes so far.</summary>
    public IReadOnlyList<(string Name, int[] Shape)> Parameters => _parameters;

    /// <summary>Number of values in all parameters together.</summary>
    public long Count => _parameters.Sum(p => p.Shape.Aggregate(1L, (product, size) => product * size));

    /// <inheritdoc/>
    public HostTensor? Create(string name, ReadOnlySpan<int> shape)
    {
        _parameters.Add((name, shape.ToArray()));
        return null;
    }
}
