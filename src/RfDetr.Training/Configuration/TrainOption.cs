using System.Globalization;
using System.Reflection;
using System.Text;

namespace RfDetr.Training;

/// <summary>One training option: its names, and its value as text in both directions. <see cref="All"/> lists them in the file's order.</summary>
public sealed class TrainOption
{
    private readonly PropertyInfo _property;
    private readonly TrainOptionAttribute _about;
    private readonly Type _type;

    private TrainOption(PropertyInfo property, TrainOptionAttribute about)
    {
        (_property, _about) = (property, about);
        _type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Key = about.Key ?? Snake(property.Name);
        Flag = about.Flag ?? $"--{Key.Replace('_', '-')}";
        string flag = Flag["--".Length..];
        Aliases = [.. ((string[])[flag, flag.Replace('-', '_'), .. about.Alias is { } alias ? [alias] : (string[])[]]).Where(a => a != Key).Distinct()];
        Choices = about.Help.Contains('|') && about.Help.All(c => !char.IsAsciiLetterUpper(c)) ? about.Help.Split('|') : [];
    }

    /// <summary>All options.</summary>
    public static IReadOnlyList<TrainOption> All { get; } =
    [
        .. typeof(TrainOptions).GetProperties()
            .Select(p => (Property: p, About: p.GetCustomAttribute<TrainOptionAttribute>()))
            .Where(p => p.About is not null)
            .Select(p => new TrainOption(p.Property, p.About!)),
    ];

    /// <summary>Key in the configuration file, e.g. <c>batch_size</c>.</summary>
    public string Key { get; }

    /// <summary>Option on the command line, e.g. <c>--batch-size</c>.</summary>
    public string Flag { get; }

    /// <summary>Other keys that mean the option: its names on the command line without the leading dashes, and those with <c>_</c> for <c>-</c>.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>A second, shorter name; null if it has none.</summary>
    public string? Alias => _about.Alias;

    /// <summary>What stands for the value in help texts.</summary>
    public string Help => _about.Help;

    /// <summary>One sentence for people.</summary>
    public string Description => _about.Description;

    /// <summary>The only words allowed; empty for numbers and free text.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <summary>True if a resumed run may have another value.</summary>
    public bool MayChange => _about.MayChange;

    /// <summary>True for lists of words.</summary>
    public bool IsList => _type == typeof(IReadOnlyList<string>);

    /// <summary>The option of a key or of one of its <see cref="Aliases"/>; null if there is none.</summary>
    public static TrainOption? Find(string key) => All.FirstOrDefault(o => o.Key == key) ?? All.FirstOrDefault(o => o.Aliases.Contains(key));

    /// <summary>The value in <paramref name="options"/>; null if it is left open.</summary>
    public object? Get(TrainOptions options) => _property.GetValue(options);

    /// <summary>The value as it is written in files and on the command line; empty if it is left open.</summary>
    public string Text(TrainOptions options) => Get(options) switch
    {
        null => "",
        int and 0 when _about.Zero is { } word => word,
        bool flag => flag ? "on" : "off",
        IReadOnlyList<string> words => string.Join(',', words),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>A copy of <paramref name="options"/> with this option read from text.</summary>
    /// <exception cref="FormatException">The text is no value of the option; the message is the end of the sentence "value 'x' …".</exception>
    public TrainOptions With(TrainOptions options, string text)
    {
        TrainOptions copy = options with { };
        _property.SetValue(copy, Parse(text));
        return copy;
    }

    /// <summary>Why the value in <paramref name="options"/> is not allowed; null if it is.</summary>
    internal string? Mistake(TrainOptions options)
    {
        object? value = Get(options);
        if (value is null)
            return null;
        if (value is int or double && !InRange(Convert.ToDouble(value, CultureInfo.InvariantCulture)))
            return $"is {Text(options)}, expected {Range()}";
        return value is string word && Choices.Count > 0 && !Choices.Contains(word)
            ? $"is '{word}', expected one of {string.Join(", ", Choices)}"
            : null;
    }

    private object? Parse(string text)
    {
        if (_type == typeof(bool))
        {
            return text.ToLowerInvariant() switch
            {
                "on" or "true" or "yes" => true,
                "off" or "false" or "no" => false,
                _ => throw new FormatException("is neither on nor off"),
            };
        }

        if (_type == typeof(IReadOnlyList<string>))
            return text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (_type == typeof(string))
            return text.Length > 0 ? text : throw new FormatException("is empty");
        if (_type == typeof(int) && _about.Zero == text)
            return 0;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !InRange(number) || (_type == typeof(int) && number != Math.Floor(number)))
            throw new FormatException($"is not {(_type == typeof(int) ? "a whole number" : "a number")} {Range()}{(_about.Zero is null ? "" : $" or '{_about.Zero}'")}");
        return _type == typeof(int) ? (object)(int)number : number;
    }

    private bool InRange(double value) => value >= _about.Least && value <= _about.Most;

    private string Range() => string.Create(CultureInfo.InvariantCulture, $"from {_about.Least} to {_about.Most}");

    private static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
