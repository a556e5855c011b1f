using RfDetr.Data;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Work that the processes of a run do together. One process alone has nothing to ask the others.</summary>
internal class Ranks : IDisposable
{
    /// <summary>A process of its own.</summary>
    public static Ranks Alone { get; } = new();

    /// <summary>This process, from 0.</summary>
    public virtual int Rank => 0;

    /// <summary>Processes altogether.</summary>
    public virtual int Count => 1;

    /// <summary>True for the one that writes files and speaks to people.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>
    /// Averages gradients over all processes, in place; all must give the same tensors in the same order, at the same time.
    /// </summary>
    public virtual void AverageGradients(IReadOnlyList<TorchTensor> gradients)
    {
    }

    /// <summary>The mean of a number over all processes; all must ask at the same time.</summary>
    public virtual double Mean(double mine) => mine;

    /// <summary>
    /// The means of several numbers over all processes, in one message; all must give as many, in the same order, at the same
    /// time.
    /// </summary>
    public virtual double[] Means(double[] mine) => mine;

    /// <summary>True if any process says so; all must ask at the same time.</summary>
    public virtual bool Any(bool mine) => mine;

    /// <summary>The detections of all processes, in the order of the ranks.</summary>
    public virtual IReadOnlyList<FoundObject> Gather(IReadOnlyList<FoundObject> mine) => mine;

    /// <summary>Compares what all must have in common; all must ask at the same time.</summary>
    /// <exception cref="TrainingException">A process has something else; the same message in all.</exception>
    public virtual void RequireAgreement(Func<IReadOnlyList<RankFact>> facts)
    {
    }

    /// <summary>Waits until all are here.</summary>
    public virtual void Barrier()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Leaves the group.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
