namespace RfDetr.Training;

/// <summary>
/// One option: its names and its description, and its value in a set of options as text in both directions. The command line,
/// configuration files and checkpoints all go through it.
/// </summary>
/// <typeparam name="TOptions">The record that holds all options, nested or not.</typeparam>
public abstract class OptionEntry<TOptions>
{
    private protected OptionEntry(string key, string flag, string? alias, string description, bool mayChange)
    {
        (Key, Flag, Alias, Description, MayChange) = (key, flag, alias, description, mayChange);
        string bare = flag["--".Length..];
        string[] names = [bare, bare.Replace('-', '_'), .. alias is null ? (string[])[] : [alias]];
        Aliases = [.. names.Where(a => a != key).Distinct()];
    }

    /// <summary>Key in a configuration file, e.g. <c>batch_size</c>.</summary>
    public string Key { get; }

    /// <summary>Option on the command line, e.g. <c>--batch-size</c>.</summary>
    public string Flag { get; }

    /// <summary>A second, shorter name; null if it has none.</summary>
    public string? Alias { get; }

    /// <summary>
    /// Other keys that mean the option: its names on the command line without the leading dashes, and those with <c>_</c> for
    /// <c>-</c>.
    /// </summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>One sentence for people; help texts add the default.</summary>
    public string Description { get; }

    /// <summary>
    /// True if a resumed run may have another value than it began with: the option does not decide what is computed.
    /// </summary>
    public bool MayChange { get; }

    /// <summary>Stands for the value in help texts, e.g. <c>N</c> or <c>on|off</c>.</summary>
    public abstract string Placeholder { get; }

    /// <summary>The only words allowed; empty for numbers and free text.</summary>
    public abstract IReadOnlyList<string> Choices { get; }

    /// <summary>The value in <paramref name="options"/> as it is written on the command line; empty if it is left open.</summary>
    public abstract string Text(TOptions options);

    /// <summary>A copy of <paramref name="options"/> with this option read from text.</summary>
    /// <exception cref="FormatException">The text is no value of the option; the message is the end of the sentence "value 'x'
    /// …".</exception>
    public abstract TOptions With(TOptions options, string text);

    /// <summary>The value as checkpoints store it: null, bool, long, double, string or a list of those.</summary>
    internal abstract object? Plain(TOptions options);

    /// <summary>
    /// Why the value in <paramref name="options"/> is not allowed, as the end of a sentence; null if it is allowed.
    /// </summary>
    internal abstract string? Mistake(TOptions options);
}

/// <summary>An option with its type: the typed way into the record and back.</summary>
internal sealed class OptionEntry<TOptions, TValue>(
    string key, string flag, string? alias, string description, bool mayChange,
    OptionForm<TValue> form, Func<TOptions, TValue> get, Func<TOptions, TValue, TOptions> set)
    : OptionEntry<TOptions>(key, flag, alias, description, mayChange)
{
    public override string Placeholder => form.Placeholder;

    public override IReadOnlyList<string> Choices => form.Choices;

    public override string Text(TOptions options) => form.Format(get(options));

    public override TOptions With(TOptions options, string text) => set(options, form.Parse(text));

    internal override object? Plain(TOptions options) => form.Plain(get(options));

    internal override string? Mistake(TOptions options) => form.Mistake(get(options));
}

/// <summary>All options of a record, in the order in which files and help texts list them.</summary>
/// <typeparam name="TOptions">The record.</typeparam>
public sealed class OptionTable<TOptions>
{
    private readonly Dictionary<string, OptionEntry<TOptions>> _byName = [];

    /// <summary>Makes a table.</summary>
    /// <exception cref="ArgumentException">Two options have a name in common.</exception>
    internal OptionTable(params IEnumerable<OptionEntry<TOptions>> entries)
    {
        All = [.. entries];
        foreach (OptionEntry<TOptions> entry in All)
        {
            foreach (string name in entry.Aliases.Prepend(entry.Key))
                _byName.Add(name, entry);
        }
    }

    /// <summary>All options.</summary>
    public IReadOnlyList<OptionEntry<TOptions>> All { get; }

    /// <summary>
    /// The option of a key or of one of its <see cref="OptionEntry{TOptions}.Aliases"/>; null if there is none.
    /// </summary>
    public OptionEntry<TOptions>? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>All values that are not allowed, each as a sentence that begins with the option's key.</summary>
    internal IEnumerable<string> Mistakes(TOptions options) =>
        All.Select(o => (o.Key, Mistake: o.Mistake(options)))
            .Where(m => m.Mistake is not null).Select(m => $"{m.Key} {m.Mistake}");
}

/// <summary>The options of one part of a record: a nested record, and the typed way to it.</summary>
internal sealed class OptionGroup<TOptions, TPart>(Func<TOptions, TPart> get, Func<TOptions, TPart, TOptions> set)
{
    /// <summary>One option of the part.</summary>
    /// <param name="key">Key in a configuration file.</param>
    /// <param name="form">The text form of its values.</param>
    /// <param name="read">Its value in the part.</param>
    /// <param name="write">The part with another value.</param>
    /// <param name="description">One sentence for people.</param>
    /// <param name="flag">Option on the command line; null for the key with dashes.</param>
    /// <param name="alias">A second name; null for none.</param>
    /// <param name="mayChange">True if a resumed run may have another value.</param>
    public OptionEntry<TOptions> Option<TValue>(
        string key, OptionForm<TValue> form, Func<TPart, TValue> read, Func<TPart, TValue, TPart> write, string description,
        string? flag = null, string? alias = null, bool mayChange = false) => new OptionEntry<TOptions, TValue>(
            key, flag ?? $"--{key.Replace('_', '-')}", alias, description, mayChange, form,
            options => read(get(options)), (options, value) => set(options, write(get(options), value)));
}
