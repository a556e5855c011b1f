namespace RfDetr;

/// <summary>The messages about malformed run lengths and polygons, away from the loops that find them.</summary>
internal static class RleErrors
{
    public static AnnotationFormatException BadSize(int height, int width) =>
        new(
            $"A mask of size [{height}, {width}] (height, width) is not possible; both must be at least 1 and their "
                + $"product at most {int.MaxValue}.");

    public static AnnotationFormatException BadRun(int index, long run, long room, int height, int width) =>
        new(
            $"Run {index} of the mask is {run} long, but 0..{room} pixels are left of {height}×{width}; check that "
                + $"'size' is [height, width] and belongs to these counts.");

    public static AnnotationFormatException WrongTotal(long total, int height, int width) =>
        new(
            $"The runs of the mask add up to {total} pixels, but size [{height}, {width}] (height, width) has "
                + $"{(long)height * width}; check that 'size' belongs to these counts.");

    public static AnnotationFormatException BadCharacter(int index, char character) =>
        new(
            $"Character {index} (U+{(int)character:X4}) of a compressed run-length string lies outside '0'..'o'; "
                + $"uncompressed counts are a list of numbers, not a string.");

    public static AnnotationFormatException Truncated(int length) =>
        new($"A compressed run-length string of {length} characters ends in the middle of a number; it was probably cut off.");

    public static AnnotationFormatException NumberTooLong(int index) =>
        new(
            $"The number that ends at character {index} of a compressed run-length string has more than 35 bits; the "
                + $"string is corrupt.");

    public static ArgumentException DifferentSizes(RleMask a, RleMask b) =>
        new(
            $"Masks of {a.Height}×{a.Width} and {b.Height}×{b.Width} (height × width) cannot be combined; decode both "
                + $"for the same image size.");
}
