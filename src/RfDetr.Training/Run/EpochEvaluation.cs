using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>Evaluates the weights and their average after an epoch.</summary>
internal sealed class EpochEvaluation
{
    private readonly TrainingStep _step;
    private readonly Averages _averages;
    private readonly ITrainingLog _log;
    private readonly Ranks _ranks;
    private readonly NetworkRunner _runner;
    private readonly NetworkEvaluator? _evaluator;

    public EpochEvaluation(RunSetup setup, TrainingStep step, Averages averages, ITrainingLog log, Ranks ranks)
    {
        (_step, _averages, _log, _ranks) = (step, averages, log, ranks);
        _runner = new NetworkRunner(step.Network, step.Backend);
        _evaluator = setup.Valid is null ? null : Evaluator(setup, setup.Valid);
    }

    /// <summary>The last evaluation of the weights that were better, with all detections; null before the first.</summary>
    public NetworkEvaluation? Last { get; private set; }

    /// <summary>An evaluator of a split, with the run's options.</summary>
    public static NetworkEvaluator Evaluator(RunSetup setup, DataSplit split)
    {
        TrainingEvaluationOptions o = setup.Options.Evaluation;
        return new NetworkEvaluator(
            split, setup.ResizeRule, o.BatchSize ?? setup.BatchSize, o.MaxDetections, setup.Options.Data.Workers);
    }

    /// <summary>Scores of the weights and of their average.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public (EpochScores Regular, EpochScores? Average) Run(CancellationToken stop)
    {
        NetworkEvaluation regular = Measure(stop);
        NetworkEvaluation? average = _step.Ema is { } ema ? _averages.During(ema, () => Measure(stop)) : null;
        Last = average is not null && average.Scores.Decisive >= regular.Scores.Decisive ? average : regular;
        return (regular.Scores, average?.Scores);
    }

    private NetworkEvaluation Measure(CancellationToken stop) => _evaluator!.Run(_runner, _ranks, _log.Evaluating, stop);
}
