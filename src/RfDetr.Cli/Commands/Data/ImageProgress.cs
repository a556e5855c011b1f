using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>Counts of images shown as a bar; may be called from many threads.</summary>
internal sealed class ImageProgress(IProgressBar bar) : IProgress<(int Done, int All)>
{
    private readonly Lock _lock = new();
    private int _shown;

    public void Report((int Done, int All) value)
    {
        lock (_lock)
        {
            if (value.Done <= _shown)
                return;
            _shown = value.Done;
            bar.Report(value.Done, value.All);
        }
    }
}
