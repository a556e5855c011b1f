namespace RfDetr.Tensors;

/// <summary>Element by element.</summary>
internal static class HostElementwise
{
    // Compiled once per function, so that the call inside the loop is inlined.
    private interface IFunction
    {
        static abstract float Of(float x, float y);
    }

    public static float[] Map(UnaryKind kind, float[] x) => Array.ConvertAll<float, float>(x, kind switch
    {
        UnaryKind.Neg => v => -v,
        UnaryKind.Exp => MathF.Exp,
        UnaryKind.Sqrt => MathF.Sqrt,
        UnaryKind.Reciprocal => v => 1 / v,
        UnaryKind.Sin => MathF.Sin,
        UnaryKind.Cos => MathF.Cos,
        UnaryKind.Sigmoid => v => 1 / (1 + MathF.Exp(-v)),
        UnaryKind.Relu => v => v > 0 ? v : 0,
        UnaryKind.Erf => v => (float)ErrorFunction.Erf(v),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    });

    public static float[] Combine(BinaryKind kind, HostValue a, HostValue b, int[] shape) => kind switch
    {
        BinaryKind.Add => Combine<Sum>(a, b, shape),
        BinaryKind.Sub => Combine<Difference>(a, b, shape),
        BinaryKind.Mul => Combine<Product>(a, b, shape),
        BinaryKind.Div => Combine<Quotient>(a, b, shape),
        BinaryKind.Max => Combine<Larger>(a, b, shape),
        BinaryKind.Min => Combine<Smaller>(a, b, shape),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static float[] Combine<TFunction>(HostValue a, HostValue b, int[] shape)
        where TFunction : IFunction
    {
        var result = new float[Strides.Elements(shape)];
        if (result.Length == 0)
            return result;

        // Runs along the last axis, on which each input has a step of 0 or 1; equal shapes are one long run.
        bool isOneRun = a.Sizes.AsSpan().SequenceEqual(b.Sizes);
        int[] axes = isOneRun ? [result.Length] : shape.Length == 0 ? [1] : shape;
        int[] stepsA = isOneRun ? [1] : Strides.Broadcast(a.Sizes, axes),
        stepsB = isOneRun ? [1] : Strides.Broadcast(b.Sizes, axes);
        int run = axes[^1];
        int[] outer = axes[..^1], indexA = new int[outer.Length], indexB = new int[outer.Length];
        for (int start = 0, atA = 0, atB = 0; start < result.Length; start += run)
        {
            Run<TFunction>(a.Floats.AsSpan(atA), stepsA[^1], b.Floats.AsSpan(atB), stepsB[^1], result.AsSpan(start, run));
            Strides.Next(indexA, outer, stepsA, ref atA);
            Strides.Next(indexB, outer, stepsB, ref atB);
        }

        return result;
    }

    private static void Run<TFunction>(ReadOnlySpan<float> x, int stepX, ReadOnlySpan<float> y, int stepY, Span<float> result)
        where TFunction : IFunction
    {
        for (int i = 0, atX = 0, atY = 0; i < result.Length; i++, atX += stepX, atY += stepY)
            result[i] = TFunction.Of(x[atX], y[atY]);
    }

    private readonly struct Sum : IFunction
    {
        public static float Of(float x, float y) => x + y;
    }

    private readonly struct Difference : IFunction
    {
        public static float Of(float x, float y) => x - y;
    }

    private readonly struct Product : IFunction
    {
        public static float Of(float x, float y) => x * y;
    }

    private readonly struct Quotient : IFunction
    {
        public static float Of(float x, float y) => x / y;
    }

    private readonly struct Larger : IFunction
    {
        public static float Of(float x, float y) => x > y ? x : y;
    }

    private readonly struct Smaller : IFunction
    {
        public static float Of(float x, float y) => x < y ? x : y;
    }
}
