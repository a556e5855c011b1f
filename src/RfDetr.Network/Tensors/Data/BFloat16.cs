namespace RfDetr.Tensors;

/// <summary>
/// The upper half of a float32: its range with 8 bits of precision. Files and engine share this one rule of rounding.
/// </summary>
internal static class BFloat16
{
    /// <summary>The value that stands for no number.</summary>
    public const ushort NaN = 0x7FC0;

    /// <summary>The nearest, ties to even; infinite from half a step beyond the largest on.</summary>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? NaN : (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    /// <summary>The float32 it stands for, exactly.</summary>
    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);
}
