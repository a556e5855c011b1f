using System.CommandLine;

namespace RfDetr.Cli.Framework;

/// <summary>One letter for the options that are typed most: the same letter means the same option in every verb.</summary>
internal static class ShortNames
{
    /// <summary>The letters by the long names.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["--batch"] = "-b",
        ["--classes"] = "-c",
        ["--data"] = "-d",
        ["--engine"] = "-e",
        ["--format"] = "-f",
        ["--images"] = "-i",
        ["--model"] = "-m",
        ["--count"] = "-n",
        ["--output"] = "-o",
        ["--precision"] = "-p",
        ["--recursive"] = "-r",
        ["--split"] = "-s",
        ["--threshold"] = "-t",
        ["--verbose"] = "-v",
        ["--threads"] = "-j",
    };

    /// <summary>Gives an option its letter, if it has one.</summary>
    public static void AddTo(Option option)
    {
        if (All.TryGetValue(option.Name, out string? letter) && !option.Aliases.Contains(letter))
            option.Aliases.Add(letter);
    }
}
