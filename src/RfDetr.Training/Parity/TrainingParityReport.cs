namespace RfDetr.Training;

/// <summary>Subjects of the figures of <see cref="TrainingParityReport"/>.</summary>
internal enum TrainingFigureKind
{
    /// <summary>A term of the loss, or their weighted sum <c>total</c>.</summary>
    Loss,

    /// <summary>The norm of all gradients before clipping.</summary>
    GradientNorm,

    /// <summary>One tensor's gradient in the first step: its norm and its projection on a fixed direction.</summary>
    Gradient,

    /// <summary>One tensor's learning rate and weight decay.</summary>
    Group,

    /// <summary>One tensor after the last step: its norm and its projection.</summary>
    Parameter,
}

/// <summary>One comparison.</summary>
/// <param name="Kind">Subject of the figure.</param>
/// <param name="Step">From 0.</param>
/// <param name="Name">Of the term or tensor.</param>
/// <param name="RelativeError">
/// Largest difference relative to the expected value (a projection's: to the norm; a skipped gradient's: to all gradients' norm);
/// infinite if something is not a number.
/// </param>
/// <param name="Tolerance">Largest error that is allowed.</param>
internal sealed record TrainingFigure(TrainingFigureKind Kind, int Step, string Name, double RelativeError, double Tolerance)
{
    /// <summary>True if it agrees.</summary>
    public bool Ok => RelativeError <= Tolerance;
}

/// <summary>The comparison of a file of training figures.</summary>
/// <param name="File">The file.</param>
/// <param name="Variant">The network's variant.</param>
/// <param name="Engine">Library that computed.</param>
/// <param name="Figures">Every comparison, in the order of the work.</param>
/// <param name="Skipped">Tensors whose gradient is below 10⁻⁶ of all gradients': what is left of them is rounding.</param>
internal sealed record TrainingParityReport(
    string File, string Variant, string Engine, IReadOnlyList<TrainingFigure> Figures, IReadOnlyList<string> Skipped)
{
    /// <summary>True if all agree.</summary>
    public bool Ok => Figures.All(f => f.Ok);

    /// <summary>
    /// The figure of a kind (and step) that is furthest beyond, or nearest to, what is allowed; null if there is none.
    /// </summary>
    public TrainingFigure? Worst(TrainingFigureKind kind, int? step = null) =>
        Figures.Where(f => f.Kind == kind && (step is null || f.Step == step)).MaxBy(f => f.RelativeError / f.Tolerance);
}
