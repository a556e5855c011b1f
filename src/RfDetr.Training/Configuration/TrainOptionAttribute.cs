namespace RfDetr.Training;

/// <summary>What the command line, the configuration file and the check of values need to know of one training option.</summary>
/// <param name="help">What stands for its value in help texts, e.g. <c>N</c>, <c>on|off</c>.</param>
/// <param name="description">One sentence for people; the defaults are added where it is shown.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TrainOptionAttribute(string help, string description) : Attribute
{
    /// <summary>What stands for the value in help texts; words with <c>|</c> between them are the only ones allowed.</summary>
    public string Help { get; } = help;

    /// <summary>One sentence for people.</summary>
    public string Description { get; } = description;

    /// <summary>Key in the configuration file; null: the property's name in snake_case.</summary>
    public string? Key { get; init; }

    /// <summary>Option on the command line; null: the key with dashes.</summary>
    public string? Flag { get; init; }

    /// <summary>A second, shorter name in both places; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>Least number allowed.</summary>
    public double Least { get; init; } = double.NegativeInfinity;

    /// <summary>Greatest number allowed.</summary>
    public double Most { get; init; } = double.PositiveInfinity;

    /// <summary>True if a resumed run may have another value than it began with: the option does not decide what is computed.</summary>
    public bool MayChange { get; init; }

    /// <summary>A word that stands for the value 0, e.g. <c>auto</c>.</summary>
    public string? Zero { get; init; }
}
