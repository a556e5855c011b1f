using CsCheck;

namespace RfDetr.Fuzzing;

/// <summary>
/// Generators of damaged inputs: seeds with bytes flipped, cut out, doubled, spliced, and words that mean something put in.
/// </summary>
internal static class Mutations
{
    private const int MostSteps = 8;
    private const int Longest = 1 << 16;

    private static readonly byte[] s_telling = [0, 1, 0x7F, 0x80, 0xFF, (byte)'0', (byte)'9', (byte)'"', (byte)'\n'];

    /// <summary>Damaged inputs of a reader.</summary>
    public static Gen<byte[]> Of(ReaderTarget target, byte[][] seeds)
    {
        Gen<Func<byte[], byte[]>> step = Gen.Frequency(
            (3, Place(0, 255).Select(p => (Func<byte[], byte[]>)(b => With(b, p.At, (byte)p.Value)))),
            (3, Place(0, 7).Select(p => (Func<byte[], byte[]>)(b => Flip(b, p.At, p.Value)))),
            (2, Place(0, s_telling.Length - 1).Select(p => (Func<byte[], byte[]>)(b => With(b, p.At, s_telling[p.Value])))),
            (5,
                Place(0, target.Words.Count - 1)
                    .Select(p => (Func<byte[], byte[]>)(b => Insert(b, p.At, target.Words[p.Value])))),
            (3, Place(0, target.Words.Count - 1).Select(p => (Func<byte[], byte[]>)(b => Over(b, p.At, target.Words[p.Value])))),
            (2, Place(1, 40).Select(p => (Func<byte[], byte[]>)(b => Cut(b, p.At, p.Value)))),
            (2, Place(1, 40).Select(p => (Func<byte[], byte[]>)(b => Double(b, p.At, p.Value)))),
            (1, Place(2, 400).Select(p => (Func<byte[], byte[]>)(b => Repeat(b, p.At, p.Value)))),
            (1, Place(0, seeds.Length - 1).Select(p => (Func<byte[], byte[]>)(b => Splice(b, seeds[p.Value], p.At)))),
            (1, Place(0, 0).Select(p => (Func<byte[], byte[]>)(b => b[..Index(b, p.At)]))));
        return Gen.Select(Gen.Int[0, seeds.Length - 1], step.Array[1, MostSteps], (seed, steps) =>
        {
            byte[] bytes = seeds[seed];
            foreach (Func<byte[], byte[]> change in steps)
                bytes = change(bytes) is { Length: <= Longest } changed ? changed : bytes;
            return bytes;
        });
    }

    // A place is a share of the length, so that it means something in an input of any length.
    private static Gen<(double At, int Value)> Place(int least, int most) => Gen.Select(Gen.Double[0, 1], Gen.Int[least, most]);

    private static int Index(byte[] bytes, double share) => Math.Min((int)(share * bytes.Length), Math.Max(bytes.Length - 1, 0));

    private static byte[] With(byte[] bytes, double at, byte value)
    {
        byte[] changed = [.. bytes];
        if (changed.Length > 0)
            changed[Index(bytes, at)] = value;
        return changed;
    }

    private static byte[] Flip(byte[] bytes, double at, int bit) =>
        bytes.Length == 0 ? bytes : With(bytes, at, (byte)(bytes[Index(bytes, at)] ^ (1 << bit)));

    private static byte[] Insert(byte[] bytes, double at, byte[] word) =>
        [.. bytes.AsSpan(0, Index(bytes, at)), .. word, .. bytes.AsSpan(Index(bytes, at))];

    private static byte[] Over(byte[] bytes, double at, byte[] word)
    {
        int start = Index(bytes, at);
        return [.. bytes.AsSpan(0, start), .. word, .. bytes.AsSpan(Math.Min(start + word.Length, bytes.Length))];
    }

    private static byte[] Cut(byte[] bytes, double at, int length)
    {
        int start = Index(bytes, at);
        return [.. bytes.AsSpan(0, start), .. bytes.AsSpan(Math.Min(start + length, bytes.Length))];
    }

    private static byte[] Double(byte[] bytes, double at, int length)
    {
        int start = Index(bytes, at), end = Math.Min(start + length, bytes.Length);
        return [.. bytes.AsSpan(0, end), .. bytes.AsSpan(start)];
    }

    private static byte[] Repeat(byte[] bytes, double at, int times)
    {
        int start = Index(bytes, at), end = Math.Min(start + 4, bytes.Length);
        return [.. bytes.AsSpan(0, start), .. Enumerable.Repeat(bytes[start..end], times).SelectMany(b => b),
            .. bytes.AsSpan(start)];
    }

    private static byte[] Splice(byte[] bytes, byte[] other, double at) =>
        [.. bytes.AsSpan(0, Index(bytes, at)), .. other.AsSpan(Index(other, at))];
}
