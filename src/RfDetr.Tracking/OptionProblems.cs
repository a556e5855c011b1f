using System.Globalization;

namespace RfDetr.Tracking;

/// <summary>Collects everything that is wrong with an options record, for one message.</summary>
internal sealed class OptionProblems(string options)
{
    private readonly List<string> _problems = [];

    /// <summary>A number must lie between two bounds, bounds included; NaN never does.</summary>
    public OptionProblems Between(string name, double value, double lowest, double highest)
    {
        if (!(value >= lowest && value <= highest))
            _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}, but must lie in {lowest}..{highest}"));
        return this;
    }

    /// <summary>A number must be at least as large as a bound; NaN and infinity never are.</summary>
    public OptionProblems AtLeast(string name, double value, double lowest)
    {
        if (!(value >= lowest && double.IsFinite(value)))
            _problems.Add(
                string.Create(CultureInfo.InvariantCulture, $"{name} is {value}, but must be a number of at least {lowest}"));
        return this;
    }

    /// <summary>An enumeration must hold one of its named values.</summary>
    public OptionProblems Defined<T>(string name, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            _problems.Add($"{name} is {value}, but must be one of {string.Join(", ", Enum.GetNames<T>())}");
        return this;
    }

    /// <summary>Any other rule.</summary>
    public OptionProblems Require(bool holds, string problem)
    {
        if (!holds)
            _problems.Add(problem);
        return this;
    }

    /// <summary>Reports what was collected.</summary>
    /// <exception cref="ArgumentException">Something was.</exception>
    public void Throw()
    {
        if (_problems.Count > 0)
            throw new ArgumentException($"{options}: {string.Join("; ", _problems)}.");
    }
}
