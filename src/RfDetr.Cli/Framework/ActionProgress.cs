namespace RfDetr.Cli.Framework;

/// <summary>
/// Calls an action in the thread that reports; <see cref="Progress{T}"/> posts to the thread pool, whose threads run beside the
/// work.
/// </summary>
internal sealed class ActionProgress<T>(Action<T> action) : IProgress<T>
{
    public void Report(T value) => action(value);
}
