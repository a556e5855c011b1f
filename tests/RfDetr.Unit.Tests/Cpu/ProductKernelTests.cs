using RfDetr.Cpu;
using RfDetr.Graph;

namespace RfDetr.Tests.Cpu;

/// <summary>Products of awkward sizes on every instruction set this processor has, against sums in double precision.</summary>
public sealed unsafe class ProductKernelTests
{
    public static TheoryData<string> Sets => [.. InstructionSets.Available.Select(set => set.ToString())];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Any_number_of_rows(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        for (int rows = 1; rows <= 26; rows++)
            Check(set, rows, 33, 37, Epilogue.None, hasResidual: false);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Any_length_of_sums(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        foreach (int k in new[] { 1, 2, 3, 7, 8, 9, 31, 383, 384, 385, 769, 1153 })
            Check(set, 13, k, 33, Epilogue.Relu, hasResidual: true);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Any_number_of_columns(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        for (int n = 1; n <= 35; n++)
            Check(set, 7, 19, n, Epilogue.Gelu, hasResidual: true);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_activation(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        foreach (Epilogue activation in Enum.GetValues<Epilogue>())
        {
            foreach (bool hasResidual in new[] { false, true })
                Check(set, 14, 400, 34, activation, hasResidual);
        }
    }

    private static void Check(InstructionSet set, int rows, int k, int n, Epilogue activation, bool hasResidual)
    {
        KernelSet kernels = KernelSet.For(set);
        // Rows lie further apart than they are long, and what lies between them must stay.
        (int lda, int ldc, int columns) = (k + 3, n + 5, kernels.TileColumns);
        float[] a = Values("a", rows * lda), b = Values("b", n * k), bias = Values("bias", n), residual = Values("r", rows * ldc);
        float[] c = [.. Enumerable.Repeat(-77f, rows * ldc)], scratch = new float[kernels.ProductScratchFloats(k)];
        float[] packed = new float[PackStep.Floats(k, n, columns)];
        fixed (float* pa = a, pb = b, pp = packed, pc = c, pbias = bias, pr = residual, ps = scratch)
        {
            for (int panel = 0; panel * columns < n; panel++)
                PackStep.Pack(
                    pb + panel * columns * k, 1, k, k, Math.Min(columns, n - panel * columns), columns, pp + panel * columns * k);
            kernels.Product(new ProductBlock
            {
                A = pa,
                Lda = lda,
                Rows = rows,
                K = k,
                N = n,
                B = pp,
                Panels = (n + columns - 1) / columns,
                C = pc,
                Ldc = ldc,
                Bias = pbias,
                Residual = hasResidual ? pr : null,
                Ldr = ldc,
                Activation = activation,
                Scratch = ps,
            });
        }

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < ldc; j++)
            {
                if (j >= n)
                {
                    c[i * ldc + j].ShouldBe(-77f, $"{rows}×{k}×{n}: the gap behind row {i} was written to");
                    continue;
                }

                double sum = bias[j];
                for (int t = 0; t < k; t++)
                    sum += (double)a[i * lda + t] * b[j * k + t];
                double expected = Apply(activation, sum) + (hasResidual ? residual[i * ldc + j] : 0);
                Math.Abs(c[i * ldc + j] - expected).ShouldBeLessThan(
                    2e-6 * (k + 2), $"{rows}×{k}×{n} {activation}, row {i} column {j}");
            }
        }
    }

    private static double Apply(Epilogue activation, double x) => activation switch
    {
        Epilogue.Relu => Math.Max(x, 0),
        Epilogue.Gelu => x / 2 * (1 + RfDetr.Tensors.ErrorFunction.Erf(x / Math.Sqrt(2))),
        Epilogue.Silu => x / (1 + Math.Exp(-x)),
        _ => x,
    };

    private static float[] Values(string key, int count)
    {
        var values = new float[count];
        FormulaWeights.Fill(key, values);
        return values;
    }
}
