using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace RfDetr.Data;

/// <summary>
/// Reads YAML from outside. YamlDotNet builds, compares and hashes its tree by recursion, so an alias to its own parent, a list
/// as a key or fifty thousand brackets end the process; here the stream of events is examined first, and only what passes becomes
/// a tree.
/// </summary>
internal static class BoundedYaml
{
    private const int DeepestNesting = 32;

    /// <summary>The root of the first document; null if there is none.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="refusal">
    /// Makes the exception from a line (1-based; 0 if unknown) and the end of the sentence "FILE …".
    /// </param>
    public static YamlNode? Read(string text, Func<long, string, Exception?, Exception> refusal)
    {
        try
        {
            Examine(text, refusal);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode;
        }
        catch (YamlException e)
        {
            throw refusal(e.Start.Line, $"is not YAML (column {e.Start.Column}): {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            throw refusal(0, $"is not YAML: {e.Message}", e); // the library's scanner, for instance where a list is not closed
        }
    }

    private static void Examine(string text, Func<long, string, Exception?, Exception> refusal)
    {
        var parser = new Parser(new StringReader(text));
        var budget = ReadBudget.ForFile(
            text.Length, DeepestNesting, what => refusal(parser.Current?.Start.Line ?? 0, what, null));

        // For each open container: null in a list, in a map whether the next node is a key.
        var keys = new Stack<bool?>();
        while (parser.MoveNext())
        {
            ParsingEvent now = parser.Current!;
            if (now is AnchorAlias alias)
                throw refusal(
                    now.Start.Line, $"uses the alias '*{alias.Value}'; write the value out, aliases are not read", null);
            if (now is not NodeEvent and not MappingEnd and not SequenceEnd)
                continue;
            if (now is MappingStart or SequenceStart && keys.TryPeek(out bool? isKey) && isKey == true)
                throw refusal(now.Start.Line, "has a list or a map as a key; keys are single values", null);
            switch (now)
            {
                case MappingEnd or SequenceEnd:
                    keys.Pop();
                    budget.Leave();
                    continue;
                case MappingStart or SequenceStart:
                    Turn(keys);
                    keys.Push(now is MappingStart ? true : null);
                    budget.Enter();
                    break;
                default:
                    Turn(keys);
                    budget.Values();
                    break;
            }
        }
    }

    /// <summary>A node of the open container was read: in a map, keys and values take turns.</summary>
    private static void Turn(Stack<bool?> keys)
    {
        if (keys.TryPeek(out bool? key) && key is { } wasKey)
        {
            keys.Pop();
            keys.Push(!wasKey);
        }
    }
}
