using System.Runtime.CompilerServices;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>
/// One number at a time: for processors without any of the others, and for what is left over at the end of a row.
/// </summary>
internal readonly unsafe struct SimdScalar : ISimd<float>
{
    public static int Count => 1;

    public static int TileRows => 6;

    public static float Load(float* from) => *from;

    public static void Store(float* to, float value) => *to = value;

    public static float Set(float value) => value;

    public static float Add(float a, float b) => a + b;

    public static float Sub(float a, float b) => a - b;

    public static float Mul(float a, float b) => a * b;

    public static float Div(float a, float b) => a / b;

    public static float Max(float a, float b) => a > b ? a : b;

    public static float Min(float a, float b) => a < b ? a : b;

    // Rounded twice: without the instruction, a fused one is a slow function.
    public static float MulAdd(float a, float b, float c) => a * b + c;

    public static float Sqrt(float a) => MathF.Sqrt(a);

    public static float Round(float a) => MathF.Round(a);

    public static float FromSums(int* sums, int* columnSums, int zero) => *sums - *columnSums * zero;

    public static void StoreInt16(short* to, float value) => *to = (short)value;

    public static void StoreBytes(byte* to, float value) => *to = unchecked((byte)(int)value);

    public static void StoreBFloat16(ushort* to, float value) => *to = BFloat16.Round(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Pow2(float n) => BitConverter.Int32BitsToSingle(((int)n + 127) << 23);

    public static float Sin(float a) => MathF.Sin(a);

    public static float Cos(float a) => MathF.Cos(a);

    public static float Sum(float a) => a;

    public static float Largest(float a) => a;
}
