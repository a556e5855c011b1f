using System.CommandLine;
using RfDetr.Cli.Commands;

namespace RfDetr.Cli.Framework;

/// <summary><c>--images</c>: image files that are read more than once, so neither addresses nor standard input.</summary>
internal static class ImageOption
{
    public static Option<string[]> Create(string description)
    {
        Option<string[]> option = OptionsOf.Repeat<string>("--images", "DIR|FILE", description, text => [text]);
        option.AllowMultipleArgumentsPerToken = true; // patterns that the shell has expanded
        return option;
    }

    /// <summary>The files that the values of the option stand for.</summary>
    public static IReadOnlyList<string> Files(IEnumerable<string> values)
    {
        IReadOnlyList<ImageSource> sources = ImageInputs.Expand(values, standardInput: Stream.Null);
        if (sources.FirstOrDefault(s => s is not FileImage) is { } other)
            throw new ArgumentException($"--images takes files, folders and patterns; '{other}' is none of them");
        string[] files = [.. sources.Select(s => s.Name)];
        MissingInputs.CheckAll(files);
        return files;
    }
}
