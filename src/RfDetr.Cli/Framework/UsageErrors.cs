using System.CommandLine;
using System.CommandLine.Parsing;

namespace RfDetr.Cli.Framework;

/// <summary>Messages about mistakes on a command line, in the words of its user, with the nearest right word.</summary>
internal static class UsageErrors
{
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        List<string> unknown = [.. UnknownOptions(parsed).Select(token => UnknownOption(token, parsed))];
        unknown.AddRange(
            parsed.UnmatchedTokens.Where(token => !LooksLikeOption(token)).Select(token => Unmatched(token, parsed)));

        // What the parser says beyond that follows from the same mistake. A missing verb alone shows the help text instead.
        if (unknown.Count > 0)
            return [.. unknown.Distinct()];
        return parsed.CommandResult.Command is Verb ? [.. parsed.Errors.Select(e => e.Message).Distinct()] : [];
    }

    public static int Print(IReadOnlyList<string> mistakes, ParseResult parsed, TextWriter error)
    {
        error = new VisibleWriter(error);
        foreach (string mistake in mistakes)
            error.WriteLine($"error: {mistake}");
        error.WriteLine($"see: {string.Join(' ', Path(parsed).Append("--help"))}");
        return ExitCodes.WrongUse;
    }

    // The parser hands unknown options to whatever takes arguments: INPUT… would swallow "--treshold".
    private static IEnumerable<string> UnknownOptions(ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .Where(token => token.Type == TokenType.Argument && LooksLikeOption(token.Value))
        .Select(token => token.Value);

    private static bool LooksLikeOption(string token) =>
        token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]) && token[1] != '.';

    private static string UnknownOption(string token, ParseResult parsed)
    {
        string name = token.Split('=', ':')[0];
        string[] known = [.. Levels(parsed.CommandResult).SelectMany(c => c.Options).SelectMany(o => o.Aliases.Prepend(o.Name))];
        return $"unknown option '{name}' of '{parsed.CommandResult.Command.Name}'{Suggestion(name, known)}";
    }

    private static string Unmatched(string token, ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        return command.Subcommands.Count > 0
            ? $"unknown verb '{token}'{Suggestion(token, [.. command.Subcommands.Select(c => c.Name)])}"
            : $"'{command.Name}' has no use for '{token}'";
    }

    private static string Suggestion(string name, string[] known) =>
        NearestNames.Find(name, known) is { Length: > 0 } near ? $"; did you mean {string.Join(" or ", near.Distinct())}?" : "";

    private static IEnumerable<Command> Levels(CommandResult? result)
    {
        for (; result is not null; result = result.Parent as CommandResult)
            yield return result.Command;
    }

    private static IEnumerable<string> Path(ParseResult parsed) =>
        Levels(parsed.CommandResult).Reverse().Skip(1).Select(c => c.Name).Prepend("rfdetr");
}
