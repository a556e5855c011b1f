namespace RfDetr.Training;

/// <summary>
/// Hears what a run does, as it happens and on the run's thread. The command line prints it; a library user may show it
/// elsewhere.
/// </summary>
public interface ITrainingLog
{
    /// <summary>A line for people: what was found, decided or written.</summary>
    void Note(string message);

    /// <summary>Something that should be looked at but does not end the run.</summary>
    void Warn(string message);

    /// <summary>
    /// The other processes of the run are waited for; said by every process, as each may be the only one of its machine.
    /// </summary>
    void Waiting(string message) => Note(message);

    /// <summary>A step was taken; called every <see cref="TrainingOutputOptions.LogSteps"/> steps.</summary>
    void Step(StepProgress progress);

    /// <summary>Images of an evaluation so far.</summary>
    void Evaluating(int done, int total);

    /// <summary>An epoch ended.</summary>
    void Epoch(EpochProgress progress);
}

/// <summary>Position of a run after a step.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Epochs">Of the whole run.</param>
/// <param name="Step">Optimizer step within the epoch, from 1.</param>
/// <param name="Steps">Optimizer steps of the epoch.</param>
/// <param name="Loss">Loss that is trained on: the weighted sum of the terms; the mean over all processes.</param>
/// <param name="Terms">Losses by rf-detr's names, not weighted; means over all processes.</param>
/// <param name="LearningRate">Of the heads, after the schedule.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="ImagesPerSecond">Over the steps since the last report.</param>
/// <param name="WaitShare">Share of that time spent waiting for images, 0..1.</param>
/// <param name="MemoryBytes">Main memory that the process holds.</param>
/// <param name="Remaining">Time to the end of the run at this pace, evaluations included once one was seen.</param>
public sealed record StepProgress(
    int Epoch, int Epochs, int Step, int Steps, double Loss, IReadOnlyList<(string Name, double Value)> Terms,
    double LearningRate, double GradientNorm, double ImagesPerSecond, double WaitShare, long MemoryBytes, TimeSpan Remaining);

/// <summary>Results of an epoch.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Epochs">Of the whole run.</param>
/// <param name="Loss">Mean over all of the epoch's steps, those before a resume included, and over all processes.</param>
/// <param name="Terms">Means of the terms.</param>
/// <param name="Regular">Scores of the weights; null if they were not evaluated.</param>
/// <param name="Ema">Scores of their average; null if it was not evaluated.</param>
/// <param name="IsBest">True if no epoch before was better.</param>
/// <param name="Duration">Of training and evaluation.</param>
public sealed record EpochProgress(
    int Epoch, int Epochs, double Loss, IReadOnlyList<(string Name, double Value)> Terms, EpochScores? Regular, EpochScores? Ema,
    bool IsBest, TimeSpan Duration);

/// <summary>COCO's numbers, each 0..1, or −1 where there is nothing to say.</summary>
/// <param name="BoxAp">Over IoU 0.50–0.95.</param>
/// <param name="BoxAp50">At IoU 0.50.</param>
/// <param name="MaskAp">Of masks; null without a mask head.</param>
/// <param name="MaskAp50">Of masks at IoU 0.50; null without a mask head.</param>
public sealed record EpochScores(double BoxAp, double BoxAp50, double? MaskAp, double? MaskAp50)
{
    /// <summary>The score threshold with the best macro F1, 0..1; null if it is not known.</summary>
    public double? BestThreshold { get; init; }

    /// <summary>
    /// Score that decides which weights are best: the masks' AP where there are masks, as rf-detr does, else the boxes'.
    /// </summary>
    public double Decisive => MaskAp ?? BoxAp;
}

/// <summary>A log that keeps nothing.</summary>
internal sealed class SilentLog : ITrainingLog
{
    public static SilentLog Instance { get; } = new();

    public void Note(string message)
    {
    }

    public void Warn(string message)
    {
    }

    public void Step(StepProgress progress)
    {
    }

    public void Evaluating(int done, int total)
    {
    }

    public void Epoch(EpochProgress progress)
    {
    }
}
