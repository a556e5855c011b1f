using System.Globalization;

namespace RfDetr.Training;

/// <summary>
/// The files of a run. Holding it open keeps a second run out of the folder; the operating system lets go of it when a process
/// dies.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string LockName = ".lock";
    private readonly FileStream? _lock;

    private RunFolder(string path, FileStream? held) => (Path, _lock) = (path, held);

    public string Path { get; }

    /// <summary>All options, to read and repeat the run.</summary>
    public string Config => In("config.yaml");

    /// <summary>The last state, from which the run resumes.</summary>
    public string Checkpoint => In("checkpoint.pth");

    public string BestRegular => In("checkpoint_best_regular.pth");

    public string BestEma => In("checkpoint_best_ema.pth");

    public string BestTotal => In("checkpoint_best_total.pth");

    public string Metrics => In("metrics.csv");

    public string Results => In("results.json");

    public string Report => In("report.html");

    /// <summary>The checkpoint kept after an epoch (from 0), as rf-detr names it.</summary>
    public string Numbered(int epoch) => In(string.Create(CultureInfo.InvariantCulture, $"checkpoint{epoch:0000}.pth"));

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Opens a folder for writing; makes it if needed and removes what a killed process left half-written.</summary>
    /// <exception cref="IOException">Another run has it open, or it cannot be written.</exception>
    public static RunFolder Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        _ = Directory.CreateDirectory(full);
        FileStream held;
        try
        {
            held = new FileStream(
                System.IO.Path.Combine(full, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"'{full}' is in use by another run; wait for it or give another --output", e);
        }

        foreach (string left in Directory.EnumerateFiles(full, ".*.tmp"))
            File.Delete(left);
        return new RunFolder(full, held);
    }

    /// <summary>The folder as ranks other than 0 see it: they only read.</summary>
    public static RunFolder Borrow(string path) => new(System.IO.Path.GetFullPath(path), null);

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();
}
