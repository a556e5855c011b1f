using System.Text;
using RfDetr.Data;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RfDetr.Training;

/// <summary>
/// Training options as a YAML file: every option with its description, so that a run can be read and repeated. Reading also takes
/// the names of the command line.
/// </summary>
public static class TrainOptionsFile
{
    private const string NetworkKey = "network";
    private const int MaxBytes = 1 << 20;

    private static readonly string[] s_names = [.. TrainOptions.Table.All.SelectMany(o => o.Aliases.Prepend(o.Key))];

    /// <summary>Reads a file; options it does not name keep the values of <paramref name="defaults"/>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ConfigurationFileException">It is no YAML, or has unknown keys or wrong values; the message names file,
    /// line and key of all of them.</exception>
    public static TrainOptions Read(string path, TrainOptions? defaults = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"there is no configuration file '{path}'", path);
        if (new FileInfo(path).Length > MaxBytes)
            throw new ConfigurationFileException($"{path}: is larger than {MaxBytes} bytes, which no configuration is");
        return Parse(File.ReadAllText(path), path, defaults);
    }

    /// <summary>Reads a text; <paramref name="name"/> is what messages call it.</summary>
    /// <exception cref="ConfigurationFileException">As for a file.</exception>
    public static TrainOptions Parse(string yaml, string name, TrainOptions? defaults = null)
    {
        TrainOptions options = defaults ?? new TrainOptions();
        var seen = new HashSet<string>();
        var wrong = new List<ConfigurationFileException>();
        foreach ((YamlNode key, YamlNode value) in Root(yaml, name))
        {
            try
            {
                options = Read(options, key, value, name, seen);
            }
            catch (ConfigurationFileException e)
            {
                wrong.Add(e);
            }
        }

        return wrong.Count switch
        {
            0 => options,
            1 => throw wrong[0],
            _ => throw new ConfigurationFileException(string.Join("; ", wrong.Select(e => e.Message)), wrong[0]),
        };
    }

    /// <summary>All options as YAML with their descriptions.</summary>
    public static string ToYaml(TrainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var text = new StringBuilder("# All options of a training run; read again with: rfdetr train --config FILE\n");
        foreach (OptionEntry<TrainOptions> option in TrainOptions.Table.All)
        {
            _ = text.Append("\n# ").Append(option.Description).Append('\n').Append(option.Key).Append(": ");
            _ = option.Plain(options) switch
            {
                null => text.Append("null"),
                List<object?> list => text.Append('[').AppendJoin(", ", list.Select(v => JsonStyle.Quote($"{v}"))).Append(']'),
                string word => text.Append(JsonStyle.Quote(word)),
                _ => text.Append(option.Text(options)),
            };
            _ = text.Append('\n');
        }

        if (options.Model.Network is { } network)
        {
            _ = text.Append("\n# The network, trained from random weights.\n").Append(NetworkKey).Append(":\n");
            foreach ((string key, string value) in network.Values)
                _ = text.Append("  ").Append(key).Append(": ").Append(value.Contains(',') ? $"[{value}]" : value).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Root(string yaml, string name) =>
        BoundedYaml.Read(yaml,
            (line, what, inner) =>
                new ConfigurationFileException($"{name}{(line > 0 ? $", line {line}" : "")}: {what}", inner)) switch
        {
            null => [],
            YamlMappingNode map => map,
            _ => throw new ConfigurationFileException($"{name}: holds no 'key: value' lines"),
        };

    private static TrainOptions Read(TrainOptions options, YamlNode keyNode, YamlNode value, string name, HashSet<string> seen)
    {
        string key = Scalar(keyNode, name, "a key");
        if (key == NetworkKey)
            return options with { Model = options.Model with { Network = Network(value, name) } };
        OptionEntry<TrainOptions> option = TrainOptions.Table.Find(key)
            ?? throw Unknown(keyNode, key, name, [.. s_names, NetworkKey]);
        return seen.Add(option.Key)
            ? Set(options, option, value, name)
            : throw new ConfigurationFileException(
                $"{name}, line {keyNode.Start.Line}: '{key}' sets {option.Key} a second time; keep one of the two");
    }

    private static TrainOptions Set(TrainOptions options, OptionEntry<TrainOptions> option, YamlNode node, string name)
    {
        string text = node is YamlSequenceNode list
            ? string.Join(',', list.Select(n => Scalar(n, name, option.Key)))
            : Scalar(node, name, option.Key);
        if (node is YamlScalarNode { Style: ScalarStyle.Plain } && text is "" or "null" or "~")
            return options;
        try
        {
            return option.With(options, text);
        }
        catch (FormatException e)
        {
            throw new ConfigurationFileException($"{name}, line {node.Start.Line}: {option.Key} '{text}' {e.Message}", e);
        }
    }

    private static NetworkOptions Network(YamlNode node, string name)
    {
        if (node is not YamlMappingNode map)
            throw new ConfigurationFileException($"{name}, line {node.Start.Line}: {NetworkKey} holds no 'key: value' lines");
        var values = new OrderedDictionary<string, string>();
        foreach ((YamlNode keyNode, YamlNode value) in map)
        {
            string key = Scalar(keyNode, name, "a key");
            if (!NetworkOptions.Keys.Contains(key))
                throw Unknown(keyNode, $"{NetworkKey}.{key}", name, [.. NetworkOptions.Keys.Select(k => $"{NetworkKey}.{k}")]);
            values[key] = value is YamlSequenceNode list
                ? string.Join(',', list.Select(n => Scalar(n, name, key)))
                : Scalar(value, name, key);
        }

        return new NetworkOptions(values);
    }

    private static ConfigurationFileException Unknown(YamlNode node, string key, string name, string[] known)
    {
        // One name of each option is enough.
        string[] near = [.. NearestNames.Find(key, known).DistinctBy(n => TrainOptions.Table.Find(n)?.Key ?? n)];
        return new(
            $"{name}, line {node.Start.Line}: there is no option "
                + $"'{key}'{(near.Length > 0 ? $"; did you mean {string.Join(" or ", near)}?" : "")}");
    }

    private static string Scalar(YamlNode node, string name, string what) => node is YamlScalarNode { Value: { } text }
        ? text
        : throw new ConfigurationFileException($"{name}, line {node.Start.Line}: {what} is not a single value");
}

/// <summary>A configuration file cannot be used as it is: the message names file, line, key and value.</summary>
public sealed class ConfigurationFileException(string message, Exception? inner = null) : RfDetrException(message, inner);
