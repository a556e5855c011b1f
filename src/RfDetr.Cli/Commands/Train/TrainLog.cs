using System.Globalization;
using RfDetr.Cli.Framework;
using RfDetr.Training;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>A run's progress as lines: one each few steps, one for each epoch.</summary>
/// <param name="context">Context that they are written to.</param>
/// <param name="speaks">False for all processes of a run but the first.</param>
internal sealed class TrainLog(CliContext context, bool speaks = true) : ITrainingLog
{
    public void Note(string message) => Line(message);

    public void Warn(string message)
    {
        if (speaks)
            context.Warn(message);
    }

    public void Waiting(string message) => context.Error.MarkupLineInterpolated($"{message}");

    public void Step(StepProgress p) => Line(string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {p.Epoch + 1}/{p.Epochs} step {p.Step}/{p.Steps}  loss {p.Loss:0.000} ({LastLayer(p.Terms)})  lr "
            + $"{p.LearningRate:0.0e+0}  grad {p.GradientNorm:0.0}  {p.ImagesPerSecond:0.0} img/s (wait {p.WaitShare:0%})  "
            + $"{p.MemoryBytes / 1e9:0.00} GB  left {Time(p.Remaining)}"));

    public void Evaluating(int done, int total)
    {
    }

    public void Epoch(EpochProgress p) => Line(string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {p.Epoch + 1}/{p.Epochs} done in {Time(p.Duration)}: loss {p.Loss:0.000} "
            + $"({LastLayer(p.Terms)}){Scores("weights", p.Regular)}{Scores("average", p.Ema)}{(p.IsBest ? "  *best" : "")}"));

    /// <summary>The terms of the last layer; those of the others tell little more.</summary>
    private static string LastLayer(IReadOnlyList<(string Name, double Value)> terms) => string.Join(' ', terms
        .Where(t =>
            t.Name.StartsWith("loss_", StringComparison.Ordinal)
                && !char.IsAsciiDigit(t.Name[^1]) && !t.Name.EndsWith("_enc", StringComparison.Ordinal))
        .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name["loss_".Length..]} {t.Value:0.000}")));

    internal static string Scores(string what, EpochScores? s) => s is null ? ""
        : string.Create(CultureInfo.InvariantCulture, $"  {what}: box AP {s.BoxAp:0.000} AP50 {s.BoxAp50:0.000}")
            + (
                s.MaskAp is { } ap
                    ? string.Create(CultureInfo.InvariantCulture, $" mask AP {ap:0.000} AP50 {s.MaskAp50:0.000}")
                    : "");

    private static string Time(TimeSpan t) => t.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)t.TotalHours}:{t.Minutes:00}:{t.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{t.Minutes}:{t.Seconds:00}");

    private void Line(string text)
    {
        if (speaks)
            context.Human.MarkupLineInterpolated($"{text}");
    }
}
