using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RfDetr.Data;

/// <summary>What <c>data.yaml</c> says: class names, and where the images of each split are.</summary>
/// <param name="File">The file.</param>
/// <param name="Names">In the order of the class numbers.</param>
/// <param name="Splits">Split name and its paths as written.</param>
/// <param name="Root">The folder that <c>path:</c> names, or the file's.</param>
internal sealed record YoloConfig(string File, IReadOnlyList<string> Names, IReadOnlyList<(string Split, IReadOnlyList<string> Paths)> Splits, string Root)
{
    private const int LargestFile = 4 << 20;
    private const int MostClasses = 100_000;
    private const int DeepestNesting = 32;

    private static readonly string[] s_splits = ["train", "val", "valid", "validation", "test"];

    public static YoloConfig Read(string file)
    {
        YamlMappingNode map = Load(file);
        var splits = new List<(string, IReadOnlyList<string>)>();
        foreach (string split in s_splits)
        {
            if (Value(map, split) is { } node && Paths(file, split, node) is { Count: > 0 } paths)
                splits.Add((split, paths));
        }

        if (splits.Count == 0)
            throw new DataSetFormatException(file, "names no images; give 'train:' and 'val:' (and 'test:'), each a folder.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return new YoloConfig(file, ReadNames(file, map), splits, RootOf(folder, map));
    }

    // 'path:' is usually the writer's own absolute path, which means nothing here; only one below the file is followed.
    private static string RootOf(string folder, YamlMappingNode map) =>
        Value(map, "path") is YamlScalarNode { Value: { Length: > 0 } path } && SafePaths.Below(folder, path) is { } root && Directory.Exists(root) ? root : folder;

    private static YamlMappingNode Load(string file)
    {
        if (new FileInfo(file).Length > LargestFile)
            throw new DataSetFormatException(file, $"has more than {LargestFile} bytes, which is too much for a data.yaml.");
        string text = System.IO.File.ReadAllText(file);
        try
        {
            CheckDepth(file, text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents is [{ RootNode: YamlMappingNode map }, ..]
                ? map
                : throw new DataSetFormatException(file, "is no YAML map; it must hold 'names:', 'train:' and 'val:'.");
        }
        catch (YamlException e)
        {
            throw new DataSetFormatException(file, FormattableString.Invariant($"is not YAML at line {e.Start.Line}, column {e.Start.Column}: {e.Message}"), e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new DataSetFormatException(file, $"is not YAML: {e.Message}", e); // the library's scanner, where a list is not closed
        }
    }

    // The tree is built by recursion, which a file of brackets would drive out of stack.
    private static void CheckDepth(string file, string text)
    {
        var parser = new Parser(new StringReader(text));
        for (int depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DeepestNesting)
                throw new DataSetFormatException(file, $"nests lists and maps more than {DeepestNesting} deep, which no data.yaml does.");
        }
    }

    private static string[] ReadNames(string file, YamlMappingNode map)
    {
        string[] names = Value(map, "names") switch
        {
            YamlSequenceNode list => [.. list.Children.Select((n, i) => Text(file, $"names[{i}]", n))],
            YamlMappingNode byNumber => ByNumber(file, byNumber),
            null => throw new DataSetFormatException(file, "has no 'names:'; give the class names as a list, or as a map from 0 on."),
            _ => throw new DataSetFormatException(file, "names: must be a list of class names, or a map from their numbers."),
        };
        if (names.Length == 0)
            throw new DataSetFormatException(file, "names: is empty; there is no class to learn.");
        if (Value(map, "nc") is YamlScalarNode { Value: { } count } && count != names.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))
            throw new DataSetFormatException(file, $"nc: is {count}, but names: has {names.Length} classes; correct either.");
        return names;
    }

    private static string[] ByNumber(string file, YamlMappingNode map)
    {
        string?[] names = new string?[Math.Min(map.Children.Count, MostClasses)];
        foreach ((YamlNode key, YamlNode value) in map.Children)
        {
            if (key is not YamlScalarNode { Value: { } text } || !int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) || number >= names.Length)
                throw new DataSetFormatException(file, $"names: has the key '{key}', but {map.Children.Count} classes must be numbered 0 to {map.Children.Count - 1} without gaps.");
            names[number] = Text(file, $"names.{number}", value);
        }

        return [.. names.Select((name, i) => name ?? throw new DataSetFormatException(file, $"names: has no class {i}; number them from 0 without gaps."))];
    }

    private static List<string> Paths(string file, string split, YamlNode node) => node switch
    {
        YamlScalarNode { Value: null or "" or "~" or "null" } => [],
        YamlScalarNode scalar => [scalar.Value],
        YamlSequenceNode list => [.. list.Children.Select((n, i) => Text(file, $"{split}[{i}]", n))],
        _ => throw new DataSetFormatException(file, $"{split}: must be a folder, a .txt list, or a list of them."),
    };

    private static string Text(string file, string field, YamlNode node) => node is YamlScalarNode { Value: { Length: > 0 } text }
        ? text
        : throw new DataSetFormatException(file, $"{field} must be a text.");

    private static YamlNode? Value(YamlMappingNode map, string key) => map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node) ? node : null;
}
