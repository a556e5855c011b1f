using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Element types with the numbers that both the file format and ONNX Runtime use.</summary>
public enum OnnxElementType
{
    /// <summary>Unknown, or not a tensor.</summary>
    Undefined = 0,

    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 1,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 2,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 4,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 5,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 7,

    /// <summary>UTF-8 text; not supported as input or output here.</summary>
    String = 8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>IEEE 754 binary16 (<see cref="Half"/>).</summary>
    Float16 = 10,

    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 11,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 12,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 13,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16 = 16,
}

/// <summary>Facts about <see cref="OnnxElementType"/> values.</summary>
internal static class OnnxElementTypes
{
    /// <summary>The ONNX type of <paramref name="dtype"/>.</summary>
    public static OnnxElementType ToOnnx(this DType dtype) => dtype switch
    {
        DType.Float32 => OnnxElementType.Float32,
        DType.Float16 => OnnxElementType.Float16,
        DType.BFloat16 => OnnxElementType.BFloat16,
        DType.Float64 => OnnxElementType.Float64,
        DType.Int64 => OnnxElementType.Int64,
        DType.Int32 => OnnxElementType.Int32,
        DType.Int16 => OnnxElementType.Int16,
        DType.Int8 => OnnxElementType.Int8,
        DType.UInt8 => OnnxElementType.UInt8,
        DType.Bool => OnnxElementType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "unknown element type"),
    };

    /// <summary>
    /// The tensor type of <paramref name="type"/>; false for types that <see cref="DType"/> lacks (text, uint16…64, complex,
    /// 8-bit floats).
    /// </summary>
    public static bool TryToDType(this OnnxElementType type, out DType dtype)
    {
        DType? found = type switch
        {
            OnnxElementType.Float32 => DType.Float32,
            OnnxElementType.Float16 => DType.Float16,
            OnnxElementType.BFloat16 => DType.BFloat16,
            OnnxElementType.Float64 => DType.Float64,
            OnnxElementType.Int64 => DType.Int64,
            OnnxElementType.Int32 => DType.Int32,
            OnnxElementType.Int16 => DType.Int16,
            OnnxElementType.Int8 => DType.Int8,
            OnnxElementType.UInt8 => DType.UInt8,
            OnnxElementType.Bool => DType.Bool,
            _ => null,
        };
        dtype = found ?? default;
        return found is not null;
    }

    /// <summary>Bytes of one element; 0 where elements have no fixed size here.</summary>
    public static int SizeInBytes(this OnnxElementType type) => type switch
    {
        OnnxElementType.UInt16 => 2,
        OnnxElementType.UInt32 => 4,
        OnnxElementType.UInt64 => 8,
        _ => type.TryToDType(out DType dtype) ? dtype.SizeInBytes() : 0,
    };

    /// <summary>True if elements of <paramref name="type"/> can be seen as <typeparamref name="T"/> without conversion.</summary>
    internal static bool IsViewable<T>(OnnxElementType type)
        where T : unmanaged => type switch
        {
            OnnxElementType.Float32 => typeof(T) == typeof(float),
            OnnxElementType.Float16 => typeof(T) == typeof(Half),
            OnnxElementType.BFloat16 or OnnxElementType.UInt16 => typeof(T) == typeof(ushort),
            OnnxElementType.Float64 => typeof(T) == typeof(double),
            OnnxElementType.Int64 => typeof(T) == typeof(long),
            OnnxElementType.Int32 => typeof(T) == typeof(int),
            OnnxElementType.Int16 => typeof(T) == typeof(short),
            OnnxElementType.Int8 => typeof(T) == typeof(sbyte),
            OnnxElementType.UInt8 => typeof(T) == typeof(byte),
            OnnxElementType.Bool => typeof(T) == typeof(bool) || typeof(T) == typeof(byte),
            OnnxElementType.UInt32 => typeof(T) == typeof(uint),
            OnnxElementType.UInt64 => typeof(T) == typeof(ulong),
            _ => false,
        };

    [DoesNotReturn]
    internal static void ThrowNotViewable(string name, OnnxElementType type, Type asked) =>
        throw new ArgumentException($"'{name}' holds {type} elements, they cannot be read as {asked.Name}");
}
