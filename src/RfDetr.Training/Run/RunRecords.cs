using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>
/// A run's measurements in files: <c>metrics.csv</c> and TensorBoard's events. Only the first process keeps them.
/// </summary>
/// <param name="folder">The run.</param>
/// <param name="events">Whether TensorBoard's file is written.</param>
/// <param name="resumed">Steps that a resumed run had taken; null for a new one.</param>
/// <param name="enabled">False for processes that keep none.</param>
internal sealed class RunRecords(RunFolder folder, bool events, long? resumed, bool enabled) : IDisposable
{
    private static readonly string[] s_scores = ["box_ap", "box_ap50", "mask_ap", "mask_ap50"];
    private MetricsCsv? _table;
    private EventFile? _events;

    /// <summary>Notes a step.</summary>
    public void Step(long step, StepProgress p) => Write(
        step,
        [
            ("epoch", p.Epoch + (double)p.Step / p.Steps), ("lr", p.LearningRate), ("grad_norm", p.GradientNorm), ("train/loss", p.Loss),
            .. p.Terms.Select(t => ($"train/{t.Name}", t.Value)), ("speed/images_per_second", p.ImagesPerSecond), ("speed/wait_share", p.WaitShare),
        ]);

    /// <summary>Notes an epoch's end.</summary>
    public void Epoch(long step, EpochProgress p) => Write(
        step,
        [
            ("epoch", p.Epoch + 1), ("epoch/loss", p.Loss), .. Scores("valid", p.Regular), .. Scores("valid_ema", p.Ema),
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

    private void Write(long step, (string Name, double Value)[] values)
    {
        if (!enabled)
            return;
        if (_table is null)
        {
            string[] evaluated = [.. s_scores.Select(s => $"valid/{s}"), .. s_scores.Select(s => $"valid_ema/{s}")];
            _table = MetricsCsv.Open(folder.Metrics, [.. values.Select(v => v.Name), .. evaluated.Append("epoch/loss").Except(values.Select(v => v.Name))], resumed);
            _events = events ? EventFile.Create(folder.Path, resumed) : null;
        }

        _table.Add(step, values);
        _events?.AddScalars(step, values.Where(v => v.Name != "epoch"));
    }
}
