namespace RfDetr.Torch;

/// <summary>
/// An argument of an operator; made by conversion from what it is: a tensor (or null), a number, a flag, a list, a string, a
/// scalar type, a device. Nothing is copied before the call.
/// </summary>
internal readonly struct TorchArg
{
    internal readonly object? Held;
    internal readonly long Bits;
    internal readonly ValueTag Tag;

    private TorchArg(ValueTag tag, object? held, long bits = 0)
    {
        Tag = tag;
        Held = held;
        Bits = bits;
    }

    /// <summary>The default that the operator's schema names.</summary>
    public static TorchArg Default => new(ValueTag.Default, null);

    /// <summary>No value (Python's <c>None</c>).</summary>
    public static TorchArg None => default;

    /// <summary>A tensor; null is none.</summary>
    public static implicit operator TorchArg(TorchTensor? value) => value is null ? default : new(ValueTag.Tensor, value);

    /// <summary>A whole number.</summary>
    public static implicit operator TorchArg(long value) => new(ValueTag.Int, null, value);

    /// <summary>A whole number.</summary>
    public static implicit operator TorchArg(int value) => new(ValueTag.Int, null, value);

    /// <summary>A number.</summary>
    public static implicit operator TorchArg(double value) => new(ValueTag.Double, null, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A flag.</summary>
    public static implicit operator TorchArg(bool value) => new(ValueTag.Bool, null, value ? 1 : 0);

    /// <summary>Text.</summary>
    public static implicit operator TorchArg(string? value) => value is null ? default : new(ValueTag.String, value);

    /// <summary>Whole numbers, such as a shape.</summary>
    public static implicit operator TorchArg(long[]? value) => value is null ? default : new(ValueTag.Ints, value);

    /// <summary>Numbers.</summary>
    public static implicit operator TorchArg(double[]? value) => value is null ? default : new(ValueTag.Doubles, value);

    /// <summary>Flags.</summary>
    public static implicit operator TorchArg(bool[]? value) => value is null ? default : new(ValueTag.Bools, value);

    /// <summary>Tensors; null entries are allowed where the operator takes them.</summary>
    public static implicit operator TorchArg(TorchTensor?[]? value) => value is null ? default : new(ValueTag.Tensors, value);

    /// <summary>An element type.</summary>
    public static implicit operator TorchArg(ScalarType value) => new(ValueTag.Int, null, (long)value);

    /// <summary>A device.</summary>
    public static implicit operator TorchArg(Device value) => new(ValueTag.Device, null, value.Packed);

    /// <summary>Entries if this is a list or a text's bytes, else 0.</summary>
    internal int Count => Held switch
    {
        long[] longs => longs.Length,
        double[] doubles => doubles.Length,
        bool[] bools => bools.Length,
        TorchTensor?[] tensors => tensors.Length,
        string text => System.Text.Encoding.UTF8.GetByteCount(text),
        _ => 0,
    };
}
