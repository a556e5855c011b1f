using System.Diagnostics;

namespace RfDetr.Fuzzing;

/// <summary>A reader of files from outside, as something that damaged input can be thrown at.</summary>
/// <param name="Name">Its name; also of its folder in the corpus.</param>
/// <param name="Words">Words that mean something to it: mutations put these in.</param>
/// <param name="Read">Reads the bytes and touches everything that reading leaves for later.</param>
/// <param name="IsRefusal">True if an exception is one by which the reader refuses a file. Any other is a finding.</param>
internal sealed record ReaderTarget(
    string Name, IReadOnlyList<byte[]> Words, Action<byte[]> Read, Func<Exception, bool> IsRefusal)
{
    /// <summary>
    /// The bytes that a reading may allocate beside <see cref="BytesPerByte"/> times the input: buffers and exceptions.
    /// </summary>
    private const long AllocationFloor = 48L << 20;

    private const long BytesPerByte = 64;

    /// <summary>
    /// The time of the clock that a reading may take. Without a limit in tests: a loaded machine makes anything slow.
    /// </summary>
    public TimeSpan Longest { get; init; } = TimeSpan.MaxValue;

    /// <summary>Seeds of the corpus.</summary>
    /// <param name="corpus">The corpus's folder.</param>
    public byte[][] Seeds(string corpus) =>
        [.. Directory.EnumerateFiles(Path.Combine(corpus, Name)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>Reads an input; true if it was accepted, false if it was refused.</summary>
    /// <exception cref="FuzzFindingException">The reader threw something else, allocated too much or took too long.</exception>
    public bool Try(byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        bool accepted = true;
        try
        {
            Read(input);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            accepted = false;
        }
        catch (Exception e)
        {
            throw new FuzzFindingException(this, input, $"{e.GetType().Name} escaped: {e.Message}", e);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > AllocationFloor + BytesPerByte * input.Length)
            throw new FuzzFindingException(this, input, $"{allocated} bytes were allocated for an input of {input.Length}");
        return Stopwatch.GetElapsedTime(start) <= Longest
            ? accepted
            : throw new FuzzFindingException(this, input, "reading took too long");
    }
}

/// <summary>An input that a reader did not bear.</summary>
internal sealed class FuzzFindingException(ReaderTarget target, byte[] input, string what, Exception? inner = null)
    : Exception($"{target.Name}: {what}; input {Convert.ToBase64String(input)}", inner)
{
    /// <summary>The input.</summary>
    public byte[] Input { get; } = input;
}
