using RfDetr.Checkpoints;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Trains: from options to a run folder with checkpoints, measurements and a report.</summary>
/// <param name="options">Options of the run; checked when it runs.</param>
/// <param name="log">Hears what happens; null for nobody.</param>
public sealed class Trainer(TrainOptions options, ITrainingLog? log = null)
{
    private readonly ITrainingLog _log = log ?? SilentLog.Instance;

    /// <summary>
    /// True to go on from the run folder's last checkpoint. Without one (the run died before its first) it begins again.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// The caller accepts the license of weights that ask for it (xlarge, 2xlarge: PML-1.0). A run that goes on does not ask
    /// again.
    /// </summary>
    public bool AcceptLicense { get; init; }

    /// <summary>Runs to the end.</summary>
    /// <param name="stop">Finishes the step, saves, and returns with <see cref="TrainingEnd.Interrupted"/>.</param>
    /// <exception cref="ArgumentException">Options are wrong or do not fit the data.</exception>
    /// <exception cref="TrainingException">The run cannot go on; the last checkpoint is intact.</exception>
    /// <exception cref="TrainingDataException">An image cannot be used; the last checkpoint is intact.</exception>
    /// <exception cref="IOException">A file cannot be written (a full disk); the last checkpoint is intact.</exception>
    /// <exception cref="LicenseNotAcceptedException">The weights' license must be accepted first.</exception>
    /// <exception cref="TorchMissingException">There is no libtorch.</exception>
    public TrainingOutcome Run(CancellationToken stop = default)
    {
        options.Validate();
        RankEnvironment environment = RankEnvironment.Read();
        if (options.Hardware.Processes > 1 && !environment.IsShared)
        {
            throw new ArgumentException(
                $"processes is {options.Hardware.Processes}, but this process is alone: 'rfdetr train' starts them, or a "
                    + $"launcher such as torchrun; a program that trains by itself leaves processes at 1");
        }

        Device device = DeviceOf(options, environment);
        TorchRuntime.Require(device);
        TorchRuntime.Threads = options.Hardware.Threads ?? Math.Max(1, TorchRuntime.Threads / environment.WorldSize);
        using Ranks ranks =
            GroupRanks.Join(environment, device, TimeSpan.FromSeconds(options.Hardware.RankTimeout), _log.Waiting);
        using RunFolder folder = environment.Rank == 0
            ? RunFolder.Open(options.Output.Folder!)
            : RunFolder.Borrow(options.Output.Folder!);
        Checkpoint? last = Last(folder);
        try
        {
            using RunSetup setup = RunSetup.Open(
                options with { Hardware = options.Hardware with { Processes = environment.WorldSize } },
                last is null ? StartingPoint.Open(options, AcceptLicense) : StartingPoint.Resume(last), _log);
            if (environment.Rank == 0)
                AtomicFile.WriteText(folder.Config, TrainOptionsFile.ToYaml(setup.Options));
            using var session = new TrainingSession(setup, folder, _log, ranks, device);
            if (last is not null)
                session.Restore(last);
            last?.Dispose(); // it will be replaced
            session.RequireAgreement();
            return session.Run(stop);
        }
        finally
        {
            last?.Dispose();
        }
    }

    /// <summary>The device of this process: a CUDA device without a number is that of its local rank, or the first.</summary>
    internal static Device DeviceOf(TrainOptions options, RankEnvironment environment) =>
        options.Hardware.Device is { Kind: DeviceKind.Cuda, Index: < 0 }
        ? Device.Cuda(environment.IsShared ? environment.LocalRank : 0)
        : options.Hardware.Device;

    private Checkpoint? Last(RunFolder folder)
    {
        if (!File.Exists(folder.Checkpoint))
            return null;
        return Resume
            ? Checkpoint.Open(folder.Checkpoint)
            : throw new ArgumentException($"'{folder.Path}' holds a run already; go on with --resume, or give another --output");
    }
}

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
