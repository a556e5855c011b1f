using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// One adapted matrix: base W [out, in] fixed; A [r, in], B [out, r] and, with DoRA, the rows' lengths m [out] are trained.
/// </summary>
/// <remarks>
/// The effective weight is W + s·B·A, or with DoRA each of its rows brought to the length m; the lengths it is divided by count
/// as constants.
/// </remarks>
internal sealed class LoraAdapter : IDisposable
{
    private readonly double _scale;

    /// <summary>Starts as the identity: B is 0, m the rows' lengths.</summary>
    /// <param name="name">Name of the matrix.</param>
    /// <param name="weight">The network's tensor; takes the effective weight from now on.</param>
    /// <param name="options">Rank and scale.</param>
    public LoraAdapter(string name, TorchTensor weight, AdapterOptions options)
    {
        using var scope = new TorchScope();
        using GradMode guard = TorchRuntime.NoGrad();
        (Name, Weight, _scale) = (name, weight, options.Scale);
        (long rows, long columns) = (weight.Size(0), weight.Size(1));
        Base = TorchScope.Detach(weight.Detach().Clone());

        // Kaiming-uniform with a = √5 is uniform within 1/√in.
        double bound = 1 / Math.Sqrt(columns);
        A = Trained(TorchTensor.Empty([options.Rank, columns], weight.ScalarType, weight.Device).Uniform_(-bound, bound));
        B = Trained(TorchTensor.Zeros([rows, options.Rank], weight.ScalarType, weight.Device));
        if (options.Kind == AdapterKind.Dora)
            Magnitudes = Trained(Lengths(Base).Squeeze(1).Contiguous());
    }

    /// <summary>Name of the matrix.</summary>
    public string Name { get; }

    /// <summary>The network's tensor, a leaf of its own.</summary>
    public TorchTensor Weight { get; }

    /// <summary>W.</summary>
    public TorchTensor Base { get; }

    /// <summary>A.</summary>
    public TorchTensor A { get; }

    /// <summary>B.</summary>
    public TorchTensor B { get; }

    /// <summary>m; null without DoRA.</summary>
    public TorchTensor? Magnitudes { get; }

    /// <summary>W + s·B·A, or DoRA's; with gradients to A, B and m.</summary>
    public TorchTensor Effective()
    {
        TorchTensor sum = Base + B.MatMul(A) * _scale;
        return Magnitudes is null ? sum : sum * (Magnitudes.Unsqueeze(1) / Lengths(sum.Detach()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Base.Dispose();
        A.Dispose();
        B.Dispose();
        Magnitudes?.Dispose();
    }

    private static TorchTensor Lengths(TorchTensor matrix) => (matrix * matrix).Sum(1, true).Sqrt();

    private static TorchTensor Trained(TorchTensor value)
    {
        value.RequiresGrad = true;
        return TorchScope.Detach(value);
    }
}
