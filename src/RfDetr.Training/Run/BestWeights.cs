namespace RfDetr.Training;

/// <summary>Keeps the best weights in files of their own, and counts evaluations without growth.</summary>
internal sealed class BestWeights(RunFolder folder, RunCheckpoint checkpoint, EarlyStoppingOptions stopping, Ranks ranks)
{
    /// <summary>Scores of the best weights that this process saw; null before the first evaluation.</summary>
    public EpochScores? Scores { get; private set; }

    /// <summary>Takes an epoch's scores in.</summary>
    /// <param name="status">Before.</param>
    /// <param name="regular">Of the weights.</param>
    /// <param name="average">Of their average, if there is one.</param>
    /// <returns>The status after, and whether no epoch before was better.</returns>
    public (RunStatus Status, bool IsBest) Take(RunStatus status, EpochScores regular, EpochScores? average)
    {
        double before = Math.Max(status.BestRegular, status.BestEma);
        bool regularGrew = regular.Decisive > status.BestRegular,
        averageGrew = average is not null && average.Decisive > status.BestEma;
        bool averageWins = average is not null && average.Decisive >= regular.Decisive;
        double now = Math.Max(regular.Decisive, average?.Decisive ?? -1);
        if (ranks.IsFirst)
        {
            if (regularGrew)
                checkpoint.SaveForUse(folder.BestRegular, average: false, status.Epoch, regular);
            if (averageGrew)
                checkpoint.SaveForUse(folder.BestEma, average: true, status.Epoch, average!);
            if (now > before)
                checkpoint.SaveForUse(folder.BestTotal, averageWins, status.Epoch, averageWins ? average! : regular);
        }

        if (now > before)
            Scores = averageWins ? average : regular;
        bool grew = status.StoppingScore < 0 || now > status.StoppingScore + stopping.MinDelta;
        return (status with
        {
            BestRegular = Math.Max(status.BestRegular, regular.Decisive),
            BestEma = Math.Max(status.BestEma, average?.Decisive ?? -1),
            StoppingScore = grew ? now : status.StoppingScore,
            WithoutGrowth = grew ? 0 : status.WithoutGrowth + 1,
        }, now > before);
    }
}
