using System.Runtime.InteropServices;

namespace RfDetr.Torch;

/// <summary>Kinds of content of a <see cref="NativeValue"/>; numbers as in the header.</summary>
internal enum ValueTag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    String = 5,
    Ints = 6,
    Doubles = 7,
    Bools = 8,
    Tensors = 9,
    Device = 10,
    Default = 11,
}

/// <summary><c>rt_value</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct NativeValue
{
    [FieldOffset(0)]
    internal ValueTag Tag;

    [FieldOffset(4)]
    internal int Count;

    [FieldOffset(8)]
    internal long Int;

    [FieldOffset(8)]
    internal double Double;

    [FieldOffset(8)]
    internal nint Pointer;
}

/// <summary><c>rt_info</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeInfo
{
    internal long* Sizes;
    internal long* Strides;
    internal void* Data;
    internal long Elements;
    internal int Rank;
    internal int ScalarType;
    internal int DeviceKind;
    internal int DeviceIndex;
    internal int Contiguous;
    internal int RequiresGrad;
    internal int IsLeaf;
}
