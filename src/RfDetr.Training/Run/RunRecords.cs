using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>
/// A run's measurements in files: <c>metrics.csv</c> and TensorBoard's events. Only the first process keeps them.
/// </summary>
/// <param name="folder">The run.</param>
/// <param name="events">True to write TensorBoard's file.</param>
/// <param name="before">Progress of a resumed run; a new one has taken no step.</param>
/// <param name="enabled">False for processes that keep none.</param>
internal sealed class RunRecords(RunFolder folder, bool events, RunStatus before, bool enabled) : IDisposable
{
    private static readonly string[] s_scores = ["box_ap", "box_ap50", "mask_ap", "mask_ap50"];
    private const string EpochColumn = "epoch", EpochLoss = "epoch/loss";

    private MetricsCsv? _table;
    private EventFile? _events;

    /// <summary>Notes a step.</summary>
    public void Step(long step, StepProgress p) => Write(
        step,
        [
            (EpochColumn, p.Epoch + (double)p.Step / p.Steps), ("lr", p.LearningRate), ("grad_norm", p.GradientNorm),
            ("train/loss", p.Loss),
            .. p.Terms.Select(t => ($"train/{t.Name}", t.Value)), ("speed/images_per_second", p.ImagesPerSecond),
            ("speed/wait_share", p.WaitShare),
        ]);

    /// <summary>Notes an epoch's end.</summary>
    public void Epoch(long step, EpochProgress p) => Write(
        step,
        [
            (EpochColumn, p.Epoch + 1), (EpochLoss, p.Loss), .. Scores("valid", p.Regular), .. Scores("valid_ema", p.Ema),
        ]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _table?.Dispose();
        _events?.Dispose();
    }

    private static IEnumerable<(string, double)> Scores(string group, EpochScores? s)
    {
        if (s is null)
            return [];
        double?[] values = [s.BoxAp, s.BoxAp50, s.MaskAp, s.MaskAp50];
        return s_scores.Zip(values).Where(p => p.Second is not null).Select(p => ($"{group}/{p.First}", p.Second!.Value));
    }

    // The line of an epoch is written before the checkpoint says that the epoch has ended. A run that was killed in between ends
    // it, and writes it, again.
    private MetricsTable WithoutUnfinished(MetricsTable table)
    {
        (int epoch, int loss) = (table.IndexOf(EpochColumn), table.IndexOf(EpochLoss));
        return epoch < 0 || loss < 0 ? table
            : table with { Rows = [.. table.Rows.Where(r => r.Values[loss] is null || !(r.Values[epoch] > before.Epoch))] };
    }

    private void Write(long step, (string Name, double Value)[] values)
    {
        if (!enabled)
            return;
        if (_table is null)
        {
            string[] evaluated = [.. s_scores.Select(s => $"valid/{s}"), .. s_scores.Select(s => $"valid_ema/{s}")];
            long? resumed = before.Steps > 0 ? before.Steps : null;
            string[] columns = [.. values.Select(v => v.Name), .. evaluated.Append(EpochLoss).Except(values.Select(v => v.Name))];
            _table = MetricsCsv.Open(folder.Metrics, columns, resumed, WithoutUnfinished);
            _events = events ? EventFile.Create(folder.Path, resumed) : null;
        }

        _table.Add(step, values);
        _events?.AddScalars(step, values.Where(v => v.Name != EpochColumn));
    }
}
