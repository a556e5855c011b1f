namespace RfDetr.Checkpoints;

/// <summary>Small helpers over <see cref="PlainMap"/>.</summary>
internal static class PlainMaps
{
    /// <summary>Adds the entries of <paramref name="more"/>; a null never replaces a value.</summary>
    public static void Overlay(this PlainMap map, PlainMap more)
    {
        foreach ((object key, object? value) in more)
        {
            if (value is not null || !map.TryGet(key, out _))
                map.Set(key, value);
        }
    }

    /// <summary>True if the value is a tensor or has one inside.</summary>
    public static bool HoldsTensors(object? value) => value switch
    {
        StoredTensor => true,
        PlainMap map => map.Any(e => HoldsTensors(e.Value)),
        IReadOnlyList<object?> list => list.Any(HoldsTensors),
        _ => false,
    };
}
