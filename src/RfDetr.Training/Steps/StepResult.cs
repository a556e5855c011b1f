namespace RfDetr.Training;

/// <summary>Result of one optimizer step.</summary>
/// <param name="Total">The loss; the mean over the step's batches.</param>
/// <param name="Terms">The loss's terms, not weighted, and what is only logged; means over the step's batches.</param>
/// <param name="GradientNorm">Norm of all gradients before clipping.</param>
/// <param name="Factor">The schedule's factor on the learning rates.</param>
/// <param name="Stepped">False if the weights were left as they are: something was not finite.</param>
internal sealed record StepResult(
    double Total, IReadOnlyList<(string Name, double Value)> Terms, double GradientNorm, double Factor, bool Stepped)
{
    /// <summary>
    /// True if loss and gradients are finite numbers. With a loss scale the gradients may overflow now and then without harm.
    /// </summary>
    public bool IsFinite => double.IsFinite(Total) && double.IsFinite(GradientNorm);
}
