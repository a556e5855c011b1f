namespace RfDetr.Torch;

/// <summary>Element types; the numbers are libtorch's.</summary>
internal enum ScalarType
{
    /// <summary>Bytes.</summary>
    UInt8 = 0,

    /// <summary>Signed 8-bit integers.</summary>
    Int8 = 1,

    /// <summary>Signed 16-bit integers.</summary>
    Int16 = 2,

    /// <summary>Signed 32-bit integers.</summary>
    Int32 = 3,

    /// <summary>Signed 64-bit integers; indices.</summary>
    Int64 = 4,

    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 5,

    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 6,

    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 7,

    /// <summary>Truth values, one byte each.</summary>
    Bool = 11,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16 = 15,
}

/// <summary>Facts about <see cref="ScalarType"/> values.</summary>
internal static class ScalarTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int SizeInBytes(this ScalarType type) => type switch
    {
        ScalarType.Int64 or ScalarType.Float64 => 8,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        _ => 1,
    };

    /// <summary>True for the four floating-point types.</summary>
    public static bool IsFloat(this ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    /// <summary>The element type that holds a .NET type.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static ScalarType Of<T>()
        where T : unmanaged =>
        typeof(T) == typeof(float) ? ScalarType.Float32
        : typeof(T) == typeof(double) ? ScalarType.Float64
        : typeof(T) == typeof(long) ? ScalarType.Int64
        : typeof(T) == typeof(int) ? ScalarType.Int32
        : typeof(T) == typeof(byte) ? ScalarType.UInt8
        : typeof(T) == typeof(bool) ? ScalarType.Bool
        : typeof(T) == typeof(Half) ? ScalarType.Float16
        : typeof(T) == typeof(short) ? ScalarType.Int16
        : typeof(T) == typeof(sbyte) ? ScalarType.Int8
        : throw new ArgumentException($"no tensor holds elements of type {typeof(T).Name}");
}
