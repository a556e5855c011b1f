namespace RfDetr;

/// <summary>
/// A folder that is written under another name beside its own and gets its own when it is complete; otherwise nothing stays.
/// </summary>
internal sealed class StagedFolder : IDisposable
{
    private readonly string _final;
    private readonly string? _firstMade; // the topmost folder on the way that was not there
    private bool _complete;

    /// <summary>Makes the temporary folder.</summary>
    /// <param name="folder">The final one: not there, or empty.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public StagedFolder(string folder)
    {
        _final = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder));
        string parent = System.IO.Path.GetDirectoryName(_final) ?? throw new ArgumentException(
            $"'{folder}' has no folder around it", nameof(folder));
        for (string? at = parent; at is not null && !Directory.Exists(at); at = System.IO.Path.GetDirectoryName(at))
            _firstMade = at;
        Directory.CreateDirectory(parent);
        Path = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(_final)}.{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(Path);
    }

    /// <summary>The temporary folder.</summary>
    public string Path { get; }

    /// <summary>Everything is written: the folder gets its name.</summary>
    /// <exception cref="IOException">Somebody has put something there meanwhile.</exception>
    public void Complete()
    {
        if (Directory.Exists(_final))
            Directory.Delete(_final); // fails unless it is empty
        Directory.Move(Path, _final);
        _complete = true;
    }

    /// <summary>Removes what was not completed.</summary>
    public void Dispose()
    {
        if (_complete)
            return;
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
        string? at = System.IO.Path.GetDirectoryName(Path);
        for (; _firstMade is not null && at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            if (Directory.EnumerateFileSystemEntries(at).Any())
                return; // somebody else uses it
            Directory.Delete(at);
            if (at == _firstMade)
                return;
        }
    }
}
