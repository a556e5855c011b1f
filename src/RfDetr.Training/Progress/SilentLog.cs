namespace RfDetr.Training;

/// <summary>For nobody.</summary>
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
