namespace RfDetr.Tensors;

/// <summary>Element by element.</summary>
internal static class HostElementwise
{
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
        BinaryKind.Add => Combine(a, b, shape, static (x, y) => x + y),
        BinaryKind.Sub => Combine(a, b, shape, static (x, y) => x - y),
        BinaryKind.Mul => Combine(a, b, shape, static (x, y) => x * y),
        BinaryKind.Div => Combine(a, b, shape, static (x, y) => x / y),
        BinaryKind.Max => Combine(a, b, shape, static (x, y) => x > y ? x : y),
        BinaryKind.Min => Combine(a, b, shape, static (x, y) => x < y ? x : y),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static float[] Combine(HostValue a, HostValue b, int[] shape, Func<float, float, float> function)
    {
        var result = new float[Strides.Elements(shape)];
        int[] stepsA = Strides.Broadcast(a.Sizes, shape), stepsB = Strides.Broadcast(b.Sizes, shape);
        float[] x = a.Floats, y = b.Floats;
        Span<int> indexA = new int[shape.Length], indexB = new int[shape.Length];
        for (int i = 0, atA = 0, atB = 0; i < result.Length; i++)
        {
            result[i] = function(x[atA], y[atB]);
            Strides.Next(indexA, shape, stepsA, ref atA);
            Strides.Next(indexB, shape, stepsB, ref atB);
        }

        return result;
    }
}
