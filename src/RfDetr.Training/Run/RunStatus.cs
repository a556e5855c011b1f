using RfDetr.Checkpoints;

namespace RfDetr.Training;

/// <summary>
/// Progress of a run. Together with weights, average, optimizer state and seed it decides everything that follows: batches are a
/// function of seed, epoch and step, and every step seeds its own random numbers.
/// </summary>
internal sealed record RunStatus
{
    private const long Format = 1;

    /// <summary>The current epoch, from 0.</summary>
    public int Epoch { get; init; }

    /// <summary>Optimizer steps taken in the current epoch.</summary>
    public int StepInEpoch { get; init; }

    /// <summary>Optimizer steps of the whole run.</summary>
    public long Steps { get; init; }

    /// <summary>Best decisive score of the weights so far; −1 before the first.</summary>
    public double BestRegular { get; init; } = -1;

    /// <summary>Best decisive score of the average so far.</summary>
    public double BestEma { get; init; } = -1;

    /// <summary>The score that early stopping compares with.</summary>
    public double StoppingScore { get; init; } = -1;

    /// <summary>Evaluations since early stopping last saw growth.</summary>
    public int WithoutGrowth { get; init; }

    /// <summary>True once the run has ended by itself.</summary>
    public bool Finished { get; init; }

    /// <summary>True if it ended because the score no longer grew; such a run does not go on.</summary>
    public bool EndedEarly { get; init; }

    /// <summary>Sums over the steps of the current epoch.</summary>
    public EpochSums Sums { get; init; } = EpochSums.None;

    /// <summary>For a checkpoint.</summary>
    public PlainMap ToPlain() => new(
    [
        new("format", Format), new("epoch", (long)Epoch), new("step_in_epoch", (long)StepInEpoch), new("steps", Steps),
        new("best_regular", BestRegular), new("best_ema", BestEma), new("stopping_score", StoppingScore),
        new("without_growth", (long)WithoutGrowth), new("finished", Finished),
        new("ended_early", EndedEarly), new("epoch_sums", Sums.Steps == 0 ? null : new PlainMap(
        [
            new("steps", (long)Sums.Steps), new("total", Sums.Total),
            new("terms", PlainMap.Of(Sums.Terms.Select(t => ((object)t.Name, (object?)t.Value)))),
        ])),
    ]);

    /// <exception cref="CheckpointFormatException">The checkpoint was not written by a run of ours, or by a later
    /// version.</exception>
    public static RunStatus From(object? stored, string fileName)
    {
        if (stored is not PlainMap map || map["format"] is not long format)
            throw new CheckpointFormatException(
                $"{fileName}: holds no state of a training run; name it as --model to fine-tune from it");
        if (format != Format)
            throw new CheckpointFormatException(
                $"{fileName}: the run's state has format {format}, this program reads {Format}; resume with the version "
                    + $"that wrote it");
        return new RunStatus
        {
            Epoch = Whole("epoch"),
            StepInEpoch = Whole("step_in_epoch"),
            Steps = Whole("steps"),
            BestRegular = Number("best_regular"),
            BestEma = Number("best_ema"),
            StoppingScore = Number("stopping_score"),
            WithoutGrowth = Whole("without_growth"),
            Finished = map["finished"] is true,
            EndedEarly = map["ended_early"] is true,
            Sums = map["epoch_sums"] is PlainMap sums ? SumsOf(sums) : EpochSums.None,
        };

        EpochSums SumsOf(PlainMap sums) =>
            sums["steps"] is long steps and > 0 and <= int.MaxValue && sums["total"] is double total
            && sums["terms"] is PlainMap terms && terms.All(t => t is { Key: string, Value: double })
                ? new EpochSums((int)steps, total, [.. terms.Select(t => ((string)t.Key, (double)t.Value!))])
                : throw Broken("epoch_sums");

        int Whole(string key) => map[key] is long value and >= 0 and <= int.MaxValue ? (int)value : throw Broken(key);
        double Number(string key) => map[key] is double value ? value : throw Broken(key);
        CheckpointFormatException Broken(string key) =>
            new($"{fileName}: the run's state lacks a valid '{key}'; use an older checkpoint of the run");
    }
}
