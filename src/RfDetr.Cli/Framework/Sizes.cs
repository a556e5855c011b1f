using System.CommandLine;
using System.Globalization;

namespace RfDetr.Cli.Framework;

/// <summary>Options that hold sizes and rectangles in pixels.</summary>
internal static class Sizes
{
    /// <summary>
    /// Two whole numbers with an <c>x</c> between them, in the order that the help text gives; one number means both.
    /// </summary>
    public static Option<(int First, int Second)?> Pair(string name, string help, string description, int most) =>
        OptionsOf.Make<(int, int)?>(name, help, description, text =>
        {
            string[] parts = text.Split('x', 'X', '×');
            return parts.Length is 1 or 2 && Positive(parts[0], most) is { } first && Positive(parts[^1], most) is { } second
                ? (first, second)
                : throw new FormatException($"is not {help} with numbers from 1 to {most}");
        });

    public static Option<PixelRect?> Rectangle(string name, string description) =>
        OptionsOf.Make<PixelRect?>(name, "x,y,w,h", description, text =>
        {
            int[] numbers =
            [
                .. text.Split(',').Select(p =>
                    int.TryParse(p, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int n) ? n : -1)
            ];
            return numbers is [>= 0, >= 0, >= 1, >= 1]
                ? new PixelRect(numbers[0], numbers[1], numbers[2], numbers[3])
                : throw new FormatException("is not x,y,w,h: left, top, width and height in whole pixels");
        });

    private static int? Positive(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= most
            ? value
            : null;
}
