using System.Globalization;

namespace RfDetr.Training;

/// <summary>The text form of a type of option: how values are read, written, checked and stored.</summary>
/// <param name="Placeholder">Stands for the value in help texts, e.g. <c>N</c> or <c>on|off</c>.</param>
/// <param name="Parse">Reads a value; throws <see cref="FormatException"/> with the end of the sentence "value 'x' …".</param>
/// <param name="Format">Writes a value so that <paramref name="Parse"/> reads it again; empty for a value that is left
/// open.</param>
/// <param name="Plain">The value as checkpoints store it: null, bool, long, double, string or a list of strings.</param>
/// <param name="Mistake">Says why a value that a program has set is not allowed, as the end of a sentence; null if it is
/// allowed.</param>
internal sealed record OptionForm<TValue>(
    string Placeholder, Func<string, TValue> Parse, Func<TValue, string> Format, Func<TValue, object?> Plain, Func<TValue,
    string?> Mistake)
{
    /// <summary>The only words allowed; empty for numbers and free text.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>The text forms that options have.</summary>
internal static class OptionForms
{
    private const string On = "on", Off = "off";

    /// <summary>
    /// A switch: <c>on</c> or <c>off</c>; <c>true</c>, <c>yes</c>, <c>false</c> and <c>no</c> are read as well.
    /// </summary>
    public static OptionForm<bool> OnOff { get; } = new(
        $"{On}|{Off}",
        text => text.ToLowerInvariant() switch
        {
            On or "true" or "yes" => true,
            Off or "false" or "no" => false,
            _ => throw new FormatException("is neither on nor off"),
        },
        value => value ? On : Off, value => value, _ => null)
    {
        Choices = [On, Off],
    };

    /// <summary>Free text that is never empty.</summary>
    public static OptionForm<string> Text(string placeholder) =>
        new(placeholder, NotEmpty, value => value, value => value, value => string.IsNullOrWhiteSpace(value) ? "is empty" : null);

    /// <summary>Free text; null leaves it open.</summary>
    public static OptionForm<string?> OpenText(string placeholder) =>
        new(placeholder, NotEmpty, value => value ?? "", value => value, _ => null);

    /// <summary>A whole number between two bounds, both allowed.</summary>
    public static OptionForm<int> Whole(string placeholder, int least, int most)
    {
        string range = Range(least, most);
        return new(
            placeholder,
            text => TryParse(text, least, most, out double value) && value == Math.Floor(value)
                ? (int)value
                : throw new FormatException($"is not a whole number {range}"),
            Invariant, value => (long)value,
            value => value >= least && value <= most ? null : $"is {Invariant(value)}, expected {range}");
    }

    /// <summary>A number between two bounds, both allowed.</summary>
    public static OptionForm<double> Number(string placeholder, double least, double most)
    {
        string range = Range(least, most);
        return new(
            placeholder,
            text => TryParse(text, least, most, out double value)
                ? value
                : throw new FormatException($"is not a number {range}"),
            Invariant, value => value,
            value => value >= least && value <= most ? null : $"is {Invariant(value)}, expected {range}");
    }

    /// <summary>One of a fixed set of words, each of which stands for a value; upper and lower case are alike.</summary>
    public static OptionForm<TValue> Choice<TValue>(params (string Word, TValue Value)[] choices)
        where TValue : struct, Enum
    {
        string[] words = [.. choices.Select(c => c.Word)];
        string WordOf(TValue value) =>
            choices.FirstOrDefault(c => EqualityComparer<TValue>.Default.Equals(c.Value, value)).Word ?? "";
        return new(
            string.Join('|', words),
            text => choices.Where(c => c.Word.Equals(text, StringComparison.OrdinalIgnoreCase))
                    .Select(c => (TValue?)c.Value).FirstOrDefault()
                ?? throw new FormatException($"is none of {string.Join(", ", words)}"),
            WordOf, WordOf, value => WordOf(value).Length > 0 ? null : $"is {value:D}, which is no {typeof(TValue).Name}")
        {
            Choices = words,
        };
    }

    /// <summary>The same form for a value that may be left open: null, written as nothing.</summary>
    public static OptionForm<TValue?> Open<TValue>(this OptionForm<TValue> form)
        where TValue : struct => form.Or("", null);

    /// <summary>
    /// The same form for a value that may be null, for which a word stands; another word may mean the same when it is read.
    /// </summary>
    public static OptionForm<TValue?> Or<TValue>(
        this OptionForm<TValue> form, string word, object? plain, string? alsoRead = null)
        where TValue : struct => new(
            word.Length > 0 && !char.IsAsciiDigit(word[0]) ? $"{form.Placeholder}|{word}" : form.Placeholder,
            text =>
            {
                if (text.Length > 0 && (text.Equals(word, StringComparison.OrdinalIgnoreCase) || text == alsoRead))
                    return null;
                try
                {
                    return form.Parse(text);
                }
                catch (FormatException e) when (word.Length > 0)
                {
                    throw new FormatException($"{e.Message} or '{word}'", e);
                }
            },
            value => value is { } given ? form.Format(given) : word,
            value => value is { } given ? form.Plain(given) : plain,
            value => value is { } given ? form.Mistake(given) : null)
        {
            Choices = form.Choices,
        };

    /// <summary>Values with commas between them.</summary>
    public static OptionForm<IReadOnlyList<TValue>> List<TValue>(OptionForm<TValue> form) => new(
        form.Placeholder,
        text => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(form.Parse)],
        values => string.Join(',', values.Select(form.Format)),
        values => values.Select(form.Plain).ToList(),
        values => values.Select(form.Mistake).FirstOrDefault(mistake => mistake is not null));

    private static bool TryParse(string text, double least, double most, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;

    private static string NotEmpty(string text) => text.Length > 0 ? text : throw new FormatException("is empty");

    private static string Range(double least, double most) => $"from {Invariant(least)} to {Invariant(most)}";

    private static string Invariant(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
}
