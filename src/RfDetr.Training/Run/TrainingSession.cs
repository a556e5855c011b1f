using System.Diagnostics;
using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// The loop: epochs of steps, evaluation, saving. Everything it needs exists already; it decides only what comes next.
/// </summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly RunSetup _setup;
    private readonly RunFolder _folder;
    private readonly ITrainingLog _log;
    private readonly Ranks _ranks;
    private readonly TorchBackend _backend;
    private readonly TrainingStep _step;
    private readonly TrainingLoader _loader;
    private readonly RunCheckpoint _checkpoint;
    private readonly EpochEvaluation _evaluation;
    private readonly BestWeights _best;
    private RunRecords? _records;
    private readonly int _stepsPerEpoch;
    private readonly LearningRateSchedule _schedule;
    private TimeSpan _evaluationTime;
    private RunStatus _status = new();

    public TrainingSession(RunSetup setup, RunFolder folder, ITrainingLog log, Ranks ranks, Device device)
    {
        (_setup, _folder, _log, _ranks) = (setup, folder, log, ranks);
        TrainOptions o = setup.Options;
        _loader = new TrainingLoader(setup.Train, LoaderOptions.Of(setup, ranks));
        _stepsPerEpoch = Math.Max(1, _loader.StepsPerEpoch / o.Data.Accumulation);
        Averages averages = new();
        _backend = new TorchBackend(Backend(o, device) with { Transform = averages.Use });
        TorchRuntime.ManualSeed(o.Seed); // adapters draw their first values
        TrainingStepOptions step = TrainingStepOptions.Of(o, _stepsPerEpoch, setup.LogitWeights);
        _schedule = step.Schedule;
        _step =
            new TrainingStep(setup.Config, _backend, backend => setup.Start.Weights(backend, setup.Config, o.Seed), step, ranks);
        _checkpoint = new RunCheckpoint(setup, _step);
        _best = new BestWeights(folder, _checkpoint, o.Evaluation.EarlyStopping, ranks);
        _evaluation = new EpochEvaluation(setup, _step, averages, log, ranks);
        string accumulated = o.Data.Accumulation > 1 ? $" × {o.Data.Accumulation}" : "";
        string shared = ranks.Count > 1 ? $" × {ranks.Count} processes" : "";
        log.Note(
            Invariant.Text(
                $"{_backend.Parameters.Values.Sum(p => p.Count) / 1e6:0.00} M parameters; "
                    + $"{_stepsPerEpoch} steps an epoch of {setup.BatchSize}{accumulated}{shared} images"));
    }

    /// <summary>The back end of a run.</summary>
    internal static TorchBackendOptions Backend(TrainOptions options, Device device) => new()
    {
        Device = device,
        CheckpointSegments = options.Hardware.GradientCheckpointing,
        DropPathRate = options.Model.DropPath,
    };

    /// <summary>Takes over the state that a run left.</summary>
    public void Restore(Checkpoint file)
    {
        _status = _checkpoint.Restore(file);
        string done = $"{_status.Epoch} epochs, {_status.Steps} steps";
        string last = _folder.Checkpoint;
        if (_status.EndedEarly)
            _log.Note(
                $"this run ended early, after {done}, and does not go on; its results are written again. To train its "
                    + $"weights further: --model {last}");
        else if (_status.Epoch >= _setup.Options.Schedule.Epochs)
            _log.Note(
                $"this run has finished already: {done}; its results are written again. To go on with it, ask for more "
                    + $"epochs: --epochs N");
        else
            _log.Note($"resumed at epoch {_status.Epoch + 1}, step {_status.StepInEpoch} ({_status.Steps} steps in all)");
    }

    /// <summary>Compares with the other processes what all must have in common.</summary>
    /// <exception cref="TrainingException">They differ; the same message in all.</exception>
    public void RequireAgreement() =>
        _ranks.RequireAgreement(() => RankAgreement.Facts(_setup, _status, _backend.Parameters));

    /// <summary>Trains to the end, or until <paramref name="stop"/>; then the step is finished and everything saved.</summary>
    public TrainingOutcome Run(CancellationToken stop)
    {
        TrainingEnd end;
        using (_records = new RunRecords(_folder, _setup.Options.Output.TensorBoard, _status, _ranks.IsFirst))
            end = Epochs(stop);
        EpochScores? best = _best.Scores;
        if (end != TrainingEnd.Interrupted && _ranks.IsFirst)
            best = new FinalResults(_setup, _folder, _step, _log).Write(CancellationToken.None) ?? best;
        return new(end, _status.Epoch, _status.Steps, best, File.Exists(_folder.BestTotal) ? _folder.BestTotal : null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _step.Dispose();
        _backend.Dispose();
    }

    private TrainingEnd Epochs(CancellationToken stop)
    {
        TrainOptions o = _setup.Options;
        KeepNumbered(replace: false); // a process that was killed right after saving an epoch's end did not come to it
        if (_status.EndedEarly)
            return TrainingEnd.Early;
        while (_status.Epoch < o.Schedule.Epochs)
        {
            long began = Stopwatch.GetTimestamp();
            var meter = new EpochMeter(_status.Sums, _loader.Waited);
            if (!TrainEpoch(meter, stop))
                return TrainingEnd.Interrupted;
            bool early = false;
            if (IsDue(o))
            {
                Save(meter); // an evaluation may take long; nothing before it is to be lost
                if (!Evaluate(meter, began, stop))
                    return TrainingEnd.Interrupted;
                early = o.Evaluation.EarlyStopping.Enabled && _status.WithoutGrowth >= o.Evaluation.EarlyStopping.Patience;
            }
            else
            {
                Tell(meter, null, null, isBest: false, began);
            }

            EndEpoch(early);
            if (early)
            {
                _log.Note(WhyEarly());
                return TrainingEnd.Early;
            }
        }

        return TrainingEnd.Completed;
    }

    private string WhyEarly()
    {
        EarlyStoppingOptions o = _setup.Options.Evaluation.EarlyStopping;
        string evaluations = o.Patience == 1 ? "the last evaluation was" : $"none of the last {o.Patience} evaluations was";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"stopped early, after epoch {_status.Epoch} of {_setup.Options.Schedule.Epochs}: {evaluations} better than "
                + $"an AP of {_status.StoppingScore:0.000} by more than {o.MinDelta} (early_stopping_patience, "
                + $"early_stopping_min_delta)");
    }

    private bool IsDue(TrainOptions o) =>
        _setup.Valid is not null && ((_status.Epoch + 1) % o.Evaluation.Interval == 0 || _status.Epoch + 1 == o.Schedule.Epochs);

    private bool TrainEpoch(EpochMeter meter, CancellationToken stop)
    {
        TrainOptions o = _setup.Options;
        IEnumerable<TrainingBatch[]> groups = _loader.Batches(
            _status.Epoch, Math.Min(_status.StepInEpoch * o.Data.Accumulation, _loader.StepsPerEpoch)).Chunk(o.Data.Accumulation);
        foreach (TrainingBatch[] batches in groups.Take(_stepsPerEpoch - _status.StepInEpoch))
        {
            TorchRuntime.ManualSeed(StepSeed.Of(o.Seed, _status.Steps, _ranks.Rank));
            StepResult result = _step.Run(batches);
            if (!result.IsFinite && _step.Scaler is null)
                throw NotFinite.Stop(_folder, _setup, _step, _status, result, batches, _ranks.Rank);
            _status = _status with { StepInEpoch = _status.StepInEpoch + 1, Steps = _status.Steps + 1 };
            meter.Add(result, batches.Sum(b => b.Size) * _ranks.Count);
            if (_status.StepInEpoch % o.Output.LogSteps == 0 || _status.StepInEpoch == _stepsPerEpoch)
                Report(result, meter);
            bool ends = _ranks.Any(stop.IsCancellationRequested);
            if (ends || (o.Output.SaveSteps is { } every && _status.Steps % every == 0))
                Save(meter);
            if (ends)
                return false;
        }

        foreach ((string file, string reason) in _loader.Skipped)
            _log.Warn($"left out '{file}': {reason}");
        return true;
    }

    private void Report(StepResult result, EpochMeter meter)
    {
        TrainOptions o = _setup.Options;
        (double speed, double wait) = meter.Speed(_loader.Waited);
        int epochs = o.Schedule.Epochs;
        long left = (long)_stepsPerEpoch * (epochs - _status.Epoch) - _status.StepInEpoch;
        TimeSpan remaining = meter.PerStep * left + _evaluationTime * ((double)(epochs - _status.Epoch) / o.Evaluation.Interval);
        RankLosses losses = RankLosses.Mean(_ranks, result.Total, result.Terms);
        var progress = new StepProgress(
            _status.Epoch, epochs, _status.StepInEpoch, _stepsPerEpoch, losses.Total, losses.Terms,
            o.Optimizer.LearningRate * result.Factor, result.GradientNorm,
            speed, wait, Environment.WorkingSet, remaining);
        _log.Step(progress);
        _records?.Step(_status.Steps, progress);
    }

    private void Tell(EpochMeter meter, EpochScores? regular, EpochScores? average, bool isBest, long began)
    {
        RankLosses losses = RankLosses.Mean(_ranks, meter.Loss, meter.Terms);
        var progress = new EpochProgress(
            _status.Epoch, _setup.Options.Schedule.Epochs, losses.Total, losses.Terms, regular, average, isBest,
            Stopwatch.GetElapsedTime(began));
        _log.Epoch(progress);
        _records?.Epoch(_status.Steps, progress);
    }

    private bool Evaluate(EpochMeter meter, long began, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        EpochScores regular;
        EpochScores? average;
        try
        {
            // others would wait for one that left
            (regular, average) = _evaluation.Run(_ranks.Count == 1 ? stop : CancellationToken.None);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }

        _evaluationTime = Stopwatch.GetElapsedTime(start);
        (_status, bool isBest) = _best.Take(_status, regular, average);
        Tell(meter, regular, average, isBest, began);
        return true;
    }

    private void EndEpoch(bool early)
    {
        int epoch = _status.Epoch;
        bool all = epoch + 1 >= _setup.Options.Schedule.Epochs;
        _status = _status with
        {
            Epoch = epoch + 1,
            StepInEpoch = 0,
            Finished = early || all,
            EndedEarly = early && !all,
            Sums = EpochSums.None
        };
        Save(null);
        KeepNumbered(replace: true);
    }

    private void KeepNumbered(bool replace)
    {
        if (
            !_ranks.IsFirst
                || _status.Epoch == 0 || _status.StepInEpoch > 0 || _status.Epoch % _setup.Options.Output.CheckpointInterval != 0)
            return;
        string path = _folder.Numbered(_status.Epoch - 1);
        if (replace || !File.Exists(path))
            AtomicFile.Copy(_folder.Checkpoint, path);
    }

    private void Save(EpochMeter? meter)
    {
        _status = _status with { Sums = meter?.Sums.Mean(_ranks) ?? EpochSums.None };
        if (_ranks.IsFirst)
            _checkpoint.Save(_folder.Checkpoint, _status, _schedule.Factor(_status.Steps));
        _ranks.Barrier();
    }
}
