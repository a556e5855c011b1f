using System.Diagnostics;

namespace RfDetr;

/// <summary>
/// The cost that reading one file from outside may have: values made, bytes made, nesting, and time. A reader charges the budget
/// <em>before</em> it makes something, so that a small file can never become a large one in memory.
/// </summary>
/// <remarks>Not safe for several threads: one reading, one budget.</remarks>
internal sealed class ReadBudget
{
    private const int ClockInterval = 1024; // charges between two looks at the clock

    private readonly Func<string, Exception> _refusal;
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _values;
    private long _bytes;
    private int _depth;
    private int _charges;

    /// <summary>Makes a budget.</summary>
    /// <param name="refusal">Makes the exception from the end of the sentence "FILE …".</param>
    public ReadBudget(Func<string, Exception> refusal) => _refusal = refusal;

    /// <summary>Most values: scalars, entries, containers.</summary>
    public long MaxValues { get; init; } = long.MaxValue;

    /// <summary>Most bytes that reading makes beside the file's own.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>Deepest nesting of containers.</summary>
    public int MaxDepth { get; init; } = int.MaxValue;

    /// <summary>Longest time. The last resort: the other limits are meant to be reached first.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.MaxValue;

    /// <summary>
    /// Limits in proportion to a file: a value takes at least a byte of it, and an honest text is not multiplied.
    /// </summary>
    /// <param name="fileBytes">Length of the file.</param>
    /// <param name="maxDepth">Deepest nesting.</param>
    /// <param name="refusal">As for the constructor.</param>
    public static ReadBudget ForFile(long fileBytes, int maxDepth, Func<string, Exception> refusal) => new(refusal)
    {
        MaxValues = fileBytes + 1024,
        MaxBytes = 16 * fileBytes + (16 << 20),
        MaxDepth = maxDepth,
        MaxTime = TimeSpan.FromSeconds(30 + fileBytes / (1 << 20)),
    };

    /// <summary>Charges values that are about to be made.</summary>
    public void Values(long count = 1)
    {
        _values += count;
        if (_values > MaxValues || _values < 0)
            throw _refusal($"holds or expands to more than {MaxValues} values; refused");
        Clock();
    }

    /// <summary>Charges bytes that are about to be made.</summary>
    public void Bytes(long count)
    {
        _bytes += count;
        if (_bytes > MaxBytes || _bytes < 0)
            throw _refusal($"expands to more than {MaxBytes} bytes; refused");
        Clock();
    }

    /// <summary>A container begins.</summary>
    public void Enter()
    {
        if (++_depth > MaxDepth)
            throw _refusal($"nests values more than {MaxDepth} deep; refused");
        Values();
    }

    /// <summary>A container ends.</summary>
    public void Leave() => _depth--;

    private void Clock()
    {
        if (++_charges % ClockInterval == 0 && Stopwatch.GetElapsedTime(_start) > MaxTime)
            throw _refusal($"takes longer than {MaxTime.TotalSeconds:0} s to read; refused");
    }
}
