namespace RfDetr.Tensors;

/// <summary>
/// 8-bit integers for matrices of weights: symmetric, one scale for each row (output). Files, engine and ONNX export share this
/// one rule.
/// </summary>
internal static class Int8Rows
{
    /// <summary>Codes are −127..127, so that a sign never costs a value.</summary>
    public const int Largest = 127;

    /// <summary>
    /// The distance of codes, so that the largest value of the row is ±127; 1 for a row of zeros. A row that was made of codes
    /// gives them back.
    /// </summary>
    public static float Scale(ReadOnlySpan<float> row)
    {
        float largest = 0;
        foreach (float value in row)
            largest = MathF.Max(largest, MathF.Abs(value));
        float scale = largest / Largest;
        return scale > 0 && float.IsFinite(scale) ? scale : 1;
    }

    /// <summary>The code of a value: the nearest, ties to even.</summary>
    public static sbyte Code(float value, float scale) => (sbyte)Math.Clamp(MathF.Round(value / scale), -Largest, Largest);
}
