using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace RfDetr.Cli.Framework;

/// <summary>Makes options whose values are checked while the command line is read, with one wording of errors.</summary>
internal static class OptionsOf
{
    public static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description };

    public static Option<string?> Text(string name, string help, string description) =>
        Make<string?>(name, help, description, text => text.Length > 0 ? text : throw new FormatException("is empty"));

    /// <summary>A folder that results are written to; looked at before any work is done for them.</summary>
    public static Option<string?> OutputFolder(string name, string help, string description) =>
        Make<string?>(name, help, description, text => OutputPaths.Folder(text));

    /// <summary>A file that a result is written to; looked at before any work is done for it.</summary>
    public static Option<string?> OutputFile(string name, string help, string description) =>
        Make<string?>(name, help, description, text => OutputPaths.File(text));

    public static Option<float?> Number(string name, string help, string description, float least, float most) =>
        Make<float?>(name, help, description, text => ParseNumber(text, least, most));

    public static Option<int?> Whole(string name, string help, string description, int least, int most) =>
        Make<int?>(name, help, description, text =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= least && value <= most
            ? value
            : throw new FormatException(
                string.Create(CultureInfo.InvariantCulture, $"is not a whole number from {least} to {most}")));

    /// <summary>
    /// A switch that is also left alone: null. Text rather than bool, whose options the parser treats as flags.
    /// </summary>
    public static Option<string?> OnOff(string name, string description) => Choice(name, description, "on", "off");

    /// <summary>The value of <see cref="OnOff"/>.</summary>
    public static bool? IsOn(string? value) => value is null ? null : value == "on";

    public static Option<string?> Choice(string name, string description, params string[] values) =>
        Make<string?>(name, string.Join('|', values), description, text => ParseChoice(text, values));

    /// <summary>Any number of words of a fixed set; the option may be repeated.</summary>
    public static Option<string[]> Choices(string name, string description, params string[] values) =>
        Repeat<string>(name, string.Join('|', values), description, text => [ParseChoice(text, values)]);

    /// <summary>Names with commas between them; the option may be repeated.</summary>
    public static Option<string[]> Names(string name, string help, string description) =>
        Repeat<string>(
            name, help, description,
            text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>Values taken as they are; the option may be repeated.</summary>
    public static Option<T[]> Repeat<T>(string name, string help, string description, Func<string, T[]> parse) => new(name)
    {
        Description = description,
        HelpName = help,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => [.. result.Tokens.SelectMany(token => Try(result, name, token.Value, parse) ?? [])],
        DefaultValueFactory = _ => [],
    };

    /// <summary>
    /// Any option of one value; the parser throws <see cref="FormatException"/> with the end of the sentence "value 'x' …".
    /// </summary>
    public static Option<T?> Make<T>(string name, string help, string description, Func<string, T> parse) => new(name)
    {
        Description = description,
        HelpName = help,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => Try(result, name, result.Tokens[0].Value, parse),
    };

    /// <summary>A finite number between two bounds.</summary>
    public static float ParseNumber(string text, float least, float most) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= least && value <= most
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"is not a number from {least} to {most}"));

    private static string ParseChoice(string text, string[] values) =>
        values.FirstOrDefault(v => v.Equals(text, StringComparison.OrdinalIgnoreCase))
        ?? throw new FormatException($"is none of {string.Join(", ", values)}");

    private static T? Try<T>(ArgumentResult result, string name, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            result.AddError(e is FormatException ? $"{name}: '{text}' {e.Message}" : $"{name}: {Failures.Describe(e)}");
            return default;
        }
    }
}
