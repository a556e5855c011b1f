namespace RfDetr.Training;

/// <summary>
/// Factor on the loss that keeps small gradients from vanishing in float16 (arXiv 1710.03740); grows while gradients stay finite,
/// halves when
/// they do not. Constants are PyTorch's.
/// </summary>
internal sealed class LossScaler
{
    private const double Largest = 1L << 24;

    /// <summary>Steps without overflow after which the factor doubles.</summary>
    public const int GrowthInterval = 2000;

    /// <summary>The factor.</summary>
    public double Scale { get; set; } = 1 << 16;

    /// <summary>Finite steps since it changed.</summary>
    public int FiniteSteps { get; set; }

    /// <summary>Takes note of whether a step's gradients were finite; if not, the step must be left out.</summary>
    public void Update(bool finite)
    {
        if (!finite)
        {
            (Scale, FiniteSteps) = (Math.Max(1, Scale / 2), 0);
        }
        else if (++FiniteSteps == GrowthInterval)
        {
            (Scale, FiniteSteps) = (Math.Min(Largest, Scale * 2), 0);
        }
    }
}
