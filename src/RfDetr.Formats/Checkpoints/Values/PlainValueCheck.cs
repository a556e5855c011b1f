using System.Numerics;
using System.Runtime.CompilerServices;

namespace RfDetr.Checkpoints;

/// <summary>
/// Proves that a value read from a file is a finite tree of plain values, so that whoever walks it later needs no guard:
/// no cycles, bounded depth, bounded size even where parts are shared.
/// </summary>
internal sealed class PlainValueCheck(string fileName)
{
    private static readonly (int Height, long Size) s_open = (-1, 0);
    private readonly Dictionary<object, (int Height, long Size)> _seen = new(ReferenceComparer.Instance);

    public static void Check(object? value, string fileName) => new PlainValueCheck(fileName).Visit(value, 0);

    private (int Height, long Size) Visit(object? value, int depth)
    {
        if (value is null or string or long or double or bool or BigInteger or byte[] or StoredTensor)
            return (0, 1);
        if (value is PlainMap { Count: 0 } or IReadOnlyList<object?> { Count: 0 })
            return (0, 1);
        if (depth >= PickleLimits.MaxDepth)
            throw new CheckpointFormatException($"{fileName}: values are nested more than {PickleLimits.MaxDepth} deep; refused");
        if (_seen.TryGetValue(value, out (int Height, long Size) known))
        {
            if (known == s_open)
                throw new CheckpointFormatException($"{fileName}: a container holds itself; refused");
            if (depth + known.Height >= PickleLimits.MaxDepth)
                throw new CheckpointFormatException(
                    $"{fileName}: values are nested more than {PickleLimits.MaxDepth} deep; refused");
            return known;
        }

        _seen[value] = s_open;
        (int Height, long Size) result = (0, 1);
        switch (value)
        {
            case PlainMap map:
                foreach ((object key, object? item) in map)
                    result = Join(Join(result, Visit(key, depth + 1)), Visit(item, depth + 1));
                break;
            case IReadOnlyList<object?> list:
                foreach (object? item in list)
                    result = Join(result, Visit(item, depth + 1));
                break;
            default:
                throw new CheckpointFormatException(
                    $"{fileName}: holds {Describe(value)} where a plain value is expected; refused, nothing was executed");
        }

        return _seen[value] = result;
    }

    private (int Height, long Size) Join((int Height, long Size) whole, (int Height, long Size) part)
    {
        long size = whole.Size + part.Size;
        if (size > PickleLimits.MaxValues)
            throw new CheckpointFormatException($"{fileName}: expands to more than {PickleLimits.MaxValues} values; refused");
        return (Math.Max(whole.Height, part.Height + 1), size);
    }

    private static string Describe(object value) => value switch
    {
        PickleGlobal global => $"the class '{global.Name}'",
        Storage storage => $"the bare storage '{storage.Key}'",
        _ => $"a {value.GetType().Name}",
    };

    private sealed class ReferenceComparer : IEqualityComparer<object>
    {
        public static readonly ReferenceComparer Instance = new();

        public new bool Equals(object? x, object? y) => ReferenceEquals(x, y);

        public int GetHashCode(object obj) => RuntimeHelpers.GetHashCode(obj);
    }
}
