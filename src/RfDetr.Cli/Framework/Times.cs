using System.CommandLine;
using System.Globalization;

namespace RfDetr.Cli.Framework;

/// <summary>Options that hold times: seconds, or minutes and hours with colons between.</summary>
internal static class Times
{
    private const double Most = 1e7;

    public static Option<TimeSpan?> Option(string name, string description, bool zero = true) =>
        OptionsOf.Make<TimeSpan?>(name, "SECONDS|H:MM:SS", description, text => Parse(text, zero));

    private static TimeSpan Parse(string text, bool zero)
    {
        string[] parts = text.Split(':');
        double seconds = 0;
        foreach (string part in parts)
        {
            bool isNumber = double.TryParse(
                part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value);
            if (!isNumber || parts.Length > 3)
                throw new FormatException("is no time; write seconds (12.5) or H:MM:SS");
            seconds = 60 * seconds + value;
        }

        return seconds <= Most && (zero || seconds > 0)
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException(zero ? "is longer than a video can be" : "is not above zero");
    }
}
