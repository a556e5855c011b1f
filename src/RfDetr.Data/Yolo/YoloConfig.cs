using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace RfDetr.Data;

/// <summary>Content of <c>data.yaml</c>: class names, and the folder of each split's images.</summary>
/// <param name="File">The file.</param>
/// <param name="Names">In the order of the class numbers.</param>
/// <param name="Splits">Split name and its paths as written.</param>
/// <param name="Place">Value of <c>path:</c>; null if it is absent.</param>
/// <param name="Keypoints">
/// Points and numbers of each (x, y, perhaps visibility) that label lines have behind the box; 0 for none.
/// </param>
internal sealed record YoloConfig(
    string File, IReadOnlyList<string> Names, IReadOnlyList<(
        string Split, IReadOnlyList<string> Paths)> Splits, string? Place, int Keypoints)
{
    private const int LargestFile = 4 << 20;
    private const int MostClasses = 100_000;
    private const int MostKeypoints = 10_000;

    /// <summary>The keys that name splits.</summary>
    public static readonly IReadOnlyList<string> SplitKeys = ["train", "val", "valid", "validation", "test"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataSetFormatException">It is not YAML, or lacks names or splits.</exception>
    public static YoloConfig Read(string file)
    {
        YamlMappingNode map = Load(file);
        var splits = new List<(string, IReadOnlyList<string>)>();
        foreach (string split in SplitKeys)
        {
            if (Value(map, split) is { } node && Paths(file, split, node) is { Count: > 0 } paths)
                splits.Add((split, paths));
        }

        if (splits.Count == 0)
            throw new DataSetFormatException(file, "names no images; give 'train:' and 'val:' (and 'test:'), each a folder.");
        string? place = Value(map, "path") is YamlScalarNode { Value: { Length: > 0 } path } ? path : null;
        return new YoloConfig(file, ReadNames(file, map), splits, place, ReadKeypoints(file, map));
    }

    private static YamlMappingNode Load(string file)
    {
        string text = TextFile.Read(file, LargestFile);
        return BoundedYaml.Read(text, (line, what, inner) =>
            new DataSetFormatException(
                file, line > 0 ? Invariant.Text($"line {line}: {what}") : what, inner)) as YamlMappingNode
            ?? throw new DataSetFormatException(file, "is no YAML map; it must hold 'names:', 'train:' and 'val:'.");
    }

    private static string[] ReadNames(string file, YamlMappingNode map)
    {
        string[] names = Value(map, "names") switch
        {
            YamlSequenceNode list => [.. list.Children.Select((n, i) => Text(file, $"names[{i}]", n))],
            YamlMappingNode byNumber => ByNumber(file, byNumber),
            null =>
                throw new DataSetFormatException(file, "has no 'names:'; give the class names as a list, or as a map from 0 on."),
            _ => throw new DataSetFormatException(file, "names: must be a list of class names, or a map from their numbers."),
        };
        if (names.Length == 0)
            throw new DataSetFormatException(file, "names: is empty; there is no class to learn.");
        if (Value(map, "nc") is YamlScalarNode { Value: { } count }
            && count != names.Length.ToString(CultureInfo.InvariantCulture))
            throw new DataSetFormatException(file, $"nc: is {count}, but names: has {names.Length} classes; correct either.");
        return names;
    }

    private static string[] ByNumber(string file, YamlMappingNode map)
    {
        string?[] names = new string?[Math.Min(map.Children.Count, MostClasses)];
        foreach ((YamlNode key, YamlNode value) in map.Children)
        {
            bool isNumber = int.TryParse(
                (key as YamlScalarNode)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
            if (!isNumber || number >= names.Length)
            {
                throw new DataSetFormatException(
                    file,
                    $"names: has the key '{key}', but {map.Children.Count} classes must be numbered 0 to "
                    + $"{map.Children.Count - 1} without gaps.");
            }

            names[number] = Text(file, $"names.{number}", value);
        }

        return [.. names.Select((name, i) =>
            name ?? throw new DataSetFormatException(file, $"names: has no class {i}; number them from 0 without gaps."))];
    }

    /// <summary>Pose labels: without this key their lines would look like outlines.</summary>
    private static int ReadKeypoints(string file, YamlMappingNode map)
    {
        if (Value(map, "kpt_shape") is not { } node)
            return 0;
        int[] shape = node is YamlSequenceNode list
            ? [
                .. list.Children.Select(n =>
                    int.TryParse((n as YamlScalarNode)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int v)
                        ? v
                        : -1)
            ]
            : [];
        return shape is [>= 1 and <= MostKeypoints, 2 or 3]
            ? shape[0] * shape[1]
            : throw new DataSetFormatException(
                file, "kpt_shape: must be the number of keypoints and 2 or 3 (x, y, visibility), for instance [17, 3].");
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

    private static YamlNode? Value(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node) ? node : null;
}
