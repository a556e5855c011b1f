namespace RfDetr.Training;

/// <summary>Why a run ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs were done.</summary>
    Completed,

    /// <summary>The score had not grown for <see cref="EarlyStoppingOptions.Patience"/> evaluations.</summary>
    Early,

    /// <summary>It was asked to; its state is saved.</summary>
    Interrupted,
}

/// <summary>Result of a run.</summary>
/// <param name="Ended">Why it ended.</param>
/// <param name="Epochs">Complete epochs, those before a resume included.</param>
/// <param name="Steps">Optimizer steps, likewise.</param>
/// <param name="Best">Scores of the best weights; null if none were evaluated.</param>
/// <param name="BestCheckpoint">Their file; null if there is none.</param>
public sealed record TrainingOutcome(TrainingEnd Ended, int Epochs, long Steps, EpochScores? Best, string? BestCheckpoint);
