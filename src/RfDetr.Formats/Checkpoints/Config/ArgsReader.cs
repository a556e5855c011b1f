namespace RfDetr.Checkpoints;

/// <summary>Typed access to a checkpoint's arguments, which Python wrote and anyone may have edited.</summary>
internal sealed class ArgsReader(PlainMap args)
{
    /// <summary>A whole number within 32 bits; null if absent or None.</summary>
    /// <exception cref="CheckpointFormatException">It is something else.</exception>
    public int? Int(string key) => args[key] switch
    {
        null => null,
        long value and >= int.MinValue and <= int.MaxValue => (int)value,
        double value when value == Math.Floor(value) && Math.Abs(value) < int.MaxValue => (int)value,
        var other => throw Wrong(key, other, "a whole number"),
    };

    public int? Positive(string key) =>
        Int(key) is { } value ? (value > 0 ? value : throw Wrong(key, value, "a positive number")) : null;

    public bool? Bool(string key) => args[key] switch
    {
        null => null,
        bool value => value,
        long value => value != 0,
        var other => throw Wrong(key, other, "true or false"),
    };

    public IReadOnlyList<int>? Ints(string key)
    {
        if (args[key] is null)
            return null;
        if (args[key] is not IReadOnlyList<object?> list || !list.All(v => v is long and >= int.MinValue and <= int.MaxValue))
            throw Wrong(key, args[key], "a list of whole numbers");
        return [.. list.Select(v => (int)(long)v!)];
    }

    /// <summary>Levels like P3, P4 as 3, 4.</summary>
    public IReadOnlyList<int>? Levels(string key)
    {
        if (args[key] is null)
            return null;
        if (
            args[key] is not IReadOnlyList<object?> list
                || !list.All(v => v is string { Length: 2 } s && s[0] == 'P' && char.IsAsciiDigit(s[1])))
            throw Wrong(key, args[key], "a list like ['P4']");
        return [.. list.Select(v => ((string)v!)[1] - '0')];
    }

    private static CheckpointFormatException Wrong(string key, object? value, string expected) =>
        new(
            $"the checkpoint's argument '{key}' is "
                + $"{(value is string or long or double or bool or int ? $"'{value}'" : value?.GetType().Name)}, expected "
                + $"{expected}");
}
