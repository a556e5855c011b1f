using RfDetr.Tensors;

namespace RfDetr.Tests.Conformance;

/// <summary>One operation on given inputs.</summary>
/// <param name="Name">Unique; begins with the operation's name.</param>
/// <param name="Make">
/// The operation; its argument is the batch dimension to write into target shapes (a size, or the symbolic batch).
/// </param>
/// <param name="Inputs">Its inputs, float32 or int64.</param>
internal sealed record ConformanceCase(string Name, Func<Dim, Op> Make, params HostTensor[] Inputs)
{
    /// <summary>Indices of the inputs whose first axis is the batch; null if the case has none to leave open.</summary>
    public IReadOnlyList<int>? PerBatch { get; init; }

    /// <summary>The batch in <see cref="Inputs"/>: their first axis, unless it is a multiple of the batch.</summary>
    public int Batch
    {
        get => field > 0 || PerBatch is null ? field : Inputs[PerBatch[0]].Shape[0];
        init;
    }

    /// <summary>The operation with every size known.</summary>
    public Op Op => Make(Batch);

    /// <summary>Type of an input in shape inference, fixed or with an open batch.</summary>
    public TensorType Type(int input, bool symbolic)
    {
        HostTensor tensor = Inputs[input];
        Shape shape = Shape.Of(tensor.Shape);
        if (symbolic && PerBatch!.Contains(input))
            shape = shape.With(0, new Dim(tensor.Shape[0] / Batch, true));
        return new(tensor.DType, shape);
    }

    public override string ToString() => Name;
}
