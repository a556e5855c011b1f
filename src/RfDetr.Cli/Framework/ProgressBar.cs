using Spectre.Console;

namespace RfDetr.Cli.Framework;

/// <summary>Display of how far long work has come.</summary>
internal interface IProgressBar
{
    /// <summary>True if somebody sees it; then nothing else should be printed meanwhile.</summary>
    bool IsVisible { get; }

    /// <summary>Shows the state; a total of null is not known (yet).</summary>
    void Report(double done, double? total, string? note = null);
}

/// <summary>A bar on a terminal.</summary>
internal sealed class ProgressBar(ProgressTask task, string title) : IProgressBar
{
    /// <summary>For everything that is no terminal.</summary>
    public static IProgressBar Silent { get; } = new NoBar();

    public bool IsVisible => true;

    public static async Task<T> RunAsync<T>(IAnsiConsole console, string title, bool bytes, Func<IProgressBar, Task<T>> work)
    {
        ProgressColumn[] columns = bytes
            ? [
                new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(),
                new RemainingTimeColumn()
            ]
            : [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()];
        return await console.Progress().AutoClear(true).Columns(columns).StartAsync(async progress =>
        {
            ProgressTask task = progress.AddTask(Markup.Escape(title));
            task.IsIndeterminate = true;
            return await work(new ProgressBar(task, title)).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    public void Report(double done, double? total, string? note)
    {
        task.IsIndeterminate = total is null;
        task.MaxValue = total ?? double.MaxValue;
        task.Value = done;
        task.Description = Markup.Escape(note is null ? title : $"{title}: {note}");
    }

    private sealed class NoBar : IProgressBar
    {
        public bool IsVisible => false;

        public void Report(double done, double? total, string? note)
        {
        }
    }
}
