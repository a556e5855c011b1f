using System.CommandLine;
using System.CommandLine.Parsing;

namespace RfDetr.Cli.Framework;

/// <summary>Messages about mistakes on a command line, in the words of its user, with the nearest right word.</summary>
internal static class UsageErrors
{
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        // What follows an unknown verb is not looked at: nobody knows whose options those are.
        Command command = parsed.CommandResult.Command;
        if (command is not Verb && parsed.UnmatchedTokens.FirstOrDefault(t => !LooksLikeOption(t)) is { } verb)
            return [UnknownVerb(verb, command)];
        List<string> unknown = [.. UnknownOptions(parsed).Select(token => UnknownOption(token, parsed))];
        unknown.AddRange(Assignments(parsed));
        unknown.AddRange(
            parsed.UnmatchedTokens.Where(token => !LooksLikeOption(token))
                .Select(token => $"'{command.Name}' has no use for '{token}'"));

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
        string[] known = OptionsOf(parsed);
        return $"unknown option '{name}' of '{parsed.CommandResult.Command.Name}'"
            + (PeerWords.Option(name, known, ArgumentsOf(parsed)) ?? Suggestion(name, known));
    }

    // "conf=0.3" would pass for a file's name.
    private static IEnumerable<string> Assignments(ParseResult parsed)
    {
        string[] known = OptionsOf(parsed), arguments = ArgumentsOf(parsed);
        IEnumerable<string> words = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(r => r.Tokens).Select(t => t.Value).Concat(parsed.UnmatchedTokens);
        foreach (string word in words.Where(w => !LooksLikeOption(w)).Distinct())
        {
            if (PeerWords.Assignment(word, known, arguments) is { } hint)
                yield return $"'{word}': {hint}";
        }
    }

    private static string[] OptionsOf(ParseResult parsed) =>
        [.. Levels(parsed.CommandResult).SelectMany(c => c.Options).SelectMany(o => o.Aliases.Prepend(o.Name))];

    private static string[] ArgumentsOf(ParseResult parsed) => [.. parsed.CommandResult.Command.Arguments.Select(a => a.Name)];

    private static string UnknownVerb(string token, Command command)
    {
        string[] verbs = [.. command.Subcommands.Select(c => c.Name)];
        return $"unknown verb '{token}'"
            + (PeerWords.Verb(token) is { } ours ? $"; here it is: rfdetr {ours}" : Suggestion(token, verbs));
    }

    // One letter is as near to any other: those of short options are no suggestions.
    private static string Suggestion(string name, string[] known) =>
        NearestNames.Find(name, [.. known.Where(k => k.Length > 2)]) is { Length: > 0 } near
            ? $"; did you mean {string.Join(" or ", near.Distinct())}?"
            : "";

    private static IEnumerable<Command> Levels(CommandResult? result)
    {
        for (; result is not null; result = result.Parent as CommandResult)
            yield return result.Command;
    }

    private static IEnumerable<string> Path(ParseResult parsed) =>
        Levels(parsed.CommandResult).Reverse().Skip(1).Select(c => c.Name).Prepend("rfdetr");
}
