using System.Globalization;
using System.Text;

namespace RfDetr.Checkpoints;

/// <summary>Allowed Python constructors, as functions that give plain values.</summary>
internal static class PickleCalls
{
    public static PlainMap Map(string typeName, object?[] arguments, PickleContext file)
    {
        var map = new PlainMap { TypeName = typeName };
        switch (arguments)
        {
            case []:
                break;
            case [PickleGlobal or null]: // defaultdict(factory): the factory is never called
                break;
            case [PlainMap other]:
                file.Budget.Values(other.Count);
                foreach ((object key, object? value) in other)
                    map.Set(key, value);
                break;
            case [IReadOnlyList<object?> pairs]:
                file.Budget.Values(pairs.Count);
                foreach (object? pair in pairs)
                {
                    if (pair is not IReadOnlyList<object?> { Count: 2 } two || two[0] is null)
                        throw Wrong(file, typeName, "takes pairs of a key and a value");
                    map.Set(two[0]!, two[1]);
                }

                break;
            default:
                throw Wrong(file, typeName, "is called with arguments of another kind");
        }

        return map;
    }

    public static List<object?> List(object?[] arguments, PickleContext file)
    {
        if (arguments.Length == 0)
            return [];
        if (arguments is not [IReadOnlyList<object?> items])
            throw Wrong(file, "a list, set or tuple", "is called with arguments of another kind");
        file.Budget.Values(items.Count);
        return [.. items];
    }

    public static object? Scalar(object?[] arguments, PickleContext file) => arguments switch
    {
        [long or double or bool or string] => arguments[0],
        _ => throw Wrong(file, "a number type", "is called with arguments of another kind"),
    };

    /// <summary>Classes that may be named (as a base or a factory) but not made.</summary>
    public static object? Refuse(object?[] arguments, PickleContext file) =>
        throw Wrong(file, "a bare base class", "is called, which no checkpoint needs");

    public static string JoinPath(object?[] arguments, PickleContext file)
    {
        var path = new StringBuilder();
        foreach (object? part in arguments)
        {
            if (part is not string text)
                throw Wrong(file, "a path", "has a part that is not text");
            file.Budget.Bytes(2L * text.Length);
            if (path.Length > 0 && path[^1] is not ('/' or '\\'))
                path.Append('/');
            path.Append(text);
        }

        return path.ToString();
    }

    public static string Device(object?[] arguments, PickleContext file) => arguments switch
    {
        [string type] => type,
        [string { Length: <= 64 } type, long index] => $"{type}:{index.ToString(CultureInfo.InvariantCulture)}",
        _ => throw Wrong(file, "torch.device", "is called with arguments of another kind"),
    };

    /// <summary>Bytes as protocol 2 writes them: text whose characters are the bytes.</summary>
    public static byte[] Encode(object?[] arguments, PickleContext file)
    {
        if (arguments is [string { Length: var length }, ..])
            file.Budget.Bytes(length);
        if (arguments is not [string text, string encoding] || encoding is not ("latin1" or "latin-1") || text.Any(c => c > 255))
            throw Wrong(file, "_codecs.encode", "is used for something other than bytes");
        return Encoding.Latin1.GetBytes(text);
    }

    /// <summary>An object as protocols 0 and 1 make it: class, base, base state.</summary>
    public static object? Reconstruct(object?[] arguments, PickleContext file) => arguments switch
    {
        [PickleGlobal global, PickleGlobal { Name: "builtins.object" or "__builtin__.object" }, null] => global.Call([], file),
        [PickleGlobal global, PickleGlobal { Name: "builtins.dict" or "__builtin__.dict" }, PlainMap items] =>
            global.Call([items], file),
        _ => throw Wrong(file, "copyreg._reconstructor", "is called with arguments of another kind"),
    };

    private static CheckpointFormatException Wrong(PickleContext file, string name, string what) =>
        new($"{file.Name}: {name} {what}; the pickle is damaged");
}
