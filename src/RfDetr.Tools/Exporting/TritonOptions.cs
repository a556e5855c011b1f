namespace RfDetr.Tools;

/// <summary>Devices that Triton starts a model on.</summary>
public enum TritonDevice
{
    /// <summary>Every GPU that Triton sees, else the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>Every GPU; an error of Triton where there is none.</summary>
    Gpu,
}

/// <summary>Settings of a model in Triton, beyond the file's own signature.</summary>
public sealed record TritonOptions
{
    internal const int MostBatch = 1024, MostInstances = 64;
    private const int LongestName = 128;

    /// <summary>
    /// Name that requests use, which is that of the model's folder: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, not first.
    /// Null: the checkpoint's file name without its ending.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>Most images of a run, 1 to 1024, where the file's batch is open.</summary>
    public int MaxBatch { get; init; } = 8;

    /// <summary>
    /// Time in microseconds that a request may wait for others to fill a batch, 0 to a second, where the batch is open.
    /// </summary>
    public int QueueDelay { get; init; } = 2000;

    /// <summary>Device that the model runs on.</summary>
    public TritonDevice Device { get; init; }

    /// <summary>Copies of the model on each device, 1 to 64.</summary>
    public int Instances { get; init; } = 1;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Validate()
    {
        if (Name is not null && !IsName(Name))
            throw new ArgumentException(
                $"{nameof(Name)} is '{Name}', expected letters, digits, '-', '_' and '.' (not first), at most {LongestName}");
        Within(nameof(MaxBatch), MaxBatch, 1, MostBatch);
        Within(nameof(QueueDelay), QueueDelay, 0, 1_000_000);
        Within(nameof(Instances), Instances, 1, MostInstances);
        if (!Enum.IsDefined(Device))
            throw new ArgumentException($"{nameof(Device)} is {Device:D}, which is no {nameof(TritonDevice)}");
    }

    /// <summary>The name for a model that is given as text; only what a name may hold is taken over.</summary>
    internal string NameFor(string model)
    {
        if (Name is not null)
            return Name;
        string[] parts = Path.GetFileNameWithoutExtension(model).Split(
            [.. Path.GetFileNameWithoutExtension(model).Where(c => !PlainNames.Allows(c))],
            StringSplitOptions.RemoveEmptyEntries);
        string name = string.Join('-', parts).TrimStart('.');
        return name.Length == 0 ? "rfdetr" : name[..Math.Min(name.Length, LongestName)];
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName && text[0] != '.' && text.All(PlainNames.Allows);

    private static void Within(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new ArgumentException(Invariant.Text($"{name} is {value}, expected {least}..{most}"));
    }
}
