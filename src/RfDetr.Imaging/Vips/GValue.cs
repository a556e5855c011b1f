using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>GObject's typed box, as <c>gvalue.h</c> lays it out: a type and two 64-bit words.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GValue
{
    /// <summary>Fundamental types are numbered in steps of four (<c>G_TYPE_MAKE_FUNDAMENTAL</c>).</summary>
    public const nuint Boolean = 5 << 2, Int = 6 << 2, String = 16 << 2;

    public nuint Type;
    public ulong Data0;
    public ulong Data1;
}
