using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Tests.Cpu.Assembled;

namespace RfDetr.Tests.Cpu;

/// <summary>
/// Integer products on everything that this processor carries out, against an exact model written with plain integers: the same
/// bits.
/// </summary>
public sealed unsafe class Int8KernelTests
{
    // Assembled code runs on a model of its processor here; where the processor itself has the instructions, as one of those
    // available too.
    private static readonly Int8Kernel[] s_kernels =
    [
        .. Int8Kernel.Available,
        new Int8Kernel<SimdScalar, float, InterpretedVnniTile<SystemVConvention>>("assembled for System V"),
        new Int8Kernel<SimdScalar, float, InterpretedVnniTile<WindowsConvention>>("assembled for Windows"),
        new Int8Kernel<SimdScalar, float, InterpretedVnniTile<SystemVConvention>>("assembled for System V", 7),
    ];

    public static TheoryData<string> Kernels => [.. s_kernels.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Any_number_of_rows(string kernel)
    {
        for (int rows = 1; rows <= 26; rows++)
            Check(kernel, rows, 33, 37);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Any_length_of_sums(string kernel)
    {
        foreach (int k in new[] { 1, 2, 3, 4, 5, 7, 8, 9, 31, 767, 768, 769, 1537, 3456 })
            Check(kernel, 13, k, 33, hasResidual: k % 2 == 0);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Any_number_of_columns(string kernel)
    {
        for (int n = 1; n <= 35; n++)
            Check(kernel, 7, 19, n, hasResidual: true);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_range_from_calibration_clips_what_lies_beyond(string kernel) =>
        Check(kernel, 9, 100, 40, hasResidual: true, range: new ActivationRange(-0.25f, 0.5f));

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Nothing_saturates(string kernel)
    {
        // Every pair of products is beyond 16 bits: what vpmaddubsw would clip.
        float[] a = [.. Enumerable.Repeat(1f, 6 * 2000)],
        b = [.. Enumerable.Range(0, 20 * 2000).Select(i => i / 2000 % 2 == 0 ? 1f : -1f)];
        float[] c = Run(kernel, a, b, new float[20], null, 6, 2000, 20, Epilogue.None, null);
        for (int i = 0; i < c.Length; i++)
            c[i].ShouldBe(i % 20 % 2 == 0 ? 2000 : -2000, 1e-2);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_largest_codes_and_weights_of_either_sign_are_summed_exactly(string kernel)
    {
        // Scales of 1: results are the sums themselves, which a float holds exactly. Sums of one sign, and of signs that change
        // with every term, every second or every fourth, so that halves of what one instruction adds stand against each other.
        const int K = 1030, N = 20;
        int most = s_kernels.First(x => x.Name == kernel).MostCode;
        float[] a = [.. Enumerable.Repeat((float)most, 7 * K)], b = new float[N * K];
        for (int n = 0; n < N; n++)
        {
            for (int k = 0; k < K; k++)
                b[n * K + k] =
                    n switch { < 2 => true, < 8 => k % 2 == 0, < 14 => k / 2 % 2 == 0, _ => k / 4 % 2 == 0 } == (n % 2 == 0)
                    ? 127
                    : -127;
        }

        float[] c = Run(kernel, a, b, new float[N], null, 7, K, N, Epilogue.None, null);
        for (int i = 0; i < c.Length; i++)
            c[i].ShouldBe(most * Enumerable.Range(i % N * K, K).Sum(at => (int)b[at]), $"column {i % N}");
        c[0].ShouldBe(most * 127 * K);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Activations_are_those_of_the_float_product(string kernel)
    {
        // Whole tiles of every kernel, and tiles that are cut off.
        (float[] a, float[] b, float[] bias, float[] residual) =
            (Values("a", 13 * 50), Values("b", 37 * 50), Values("bias", 37), Values("r", 13 * 37));
        float[] plain = Run(kernel, a, b, bias, null, 13, 50, 37, Epilogue.None, null);
        foreach (Epilogue activation in new[] { Epilogue.Relu, Epilogue.Gelu, Epilogue.Silu })
        {
            float[] c = Run(kernel, a, b, bias, null, 13, 50, 37, activation, null),
            more = Run(kernel, a, b, bias, residual, 13, 50, 37, activation, null);
            for (int i = 0; i < c.Length; i++)
            {
                ((double)c[i]).ShouldBe(Apply(activation, plain[i]), 1e-5, $"{activation} of {plain[i]}");
                more[i].ShouldBe(c[i] + residual[i], 1e-5f, $"{activation} of {plain[i]}, and {residual[i]} added to it");
            }
        }
    }

    [Fact]
    public void Rows_of_zeros_and_one_sided_rows_keep_zero_exact()
    {
        default(ActivationRange).Codes(255).ShouldBe((1f, 0));
        new ActivationRange(0, 51).Codes(255).ShouldBe((0.2f, 0));
        new ActivationRange(-254, 0).Codes(127).ShouldBe((2f, 127));
        (float scale, int zero) = new ActivationRange(-51, 0).Codes(255);
        (scale, zero).ShouldBe((0.2f, 255));
        new ActivationRange(-1, 3).With(new ActivationRange(-2, 1)).ShouldBe(new ActivationRange(-2, 3));
    }

    private static void Check(string name, int rows, int k, int n, bool hasResidual = false, ActivationRange? range = null)
    {
        float[] a = Values("a", rows * k), b = Values("b", n * k), bias = Values("bias", n);
        float[]? residual = hasResidual ? Values("r", rows * n) : null;
        float[] c = Run(name, a, b, bias, residual, rows, k, n, Epilogue.None, range);
        int most = s_kernels.First(x => x.Name == name).MostCode;
        for (int i = 0; i < rows; i++)
        {
            float[] row = a[(i * k)..((i + 1) * k)];
            ActivationRange covered = range ?? new(MathF.Min(row.Min(), 0), MathF.Max(row.Max(), 0));
            float scale = (covered.Largest - covered.Least) / most, inverse = 1 / scale;
            int zero = (int)MathF.Round(-covered.Least / scale);
            int[] codes = [.. row.Select(x => Math.Clamp((int)MathF.Round(x * inverse) + zero, 0, most) - zero)];
            for (int j = 0; j < n; j++)
            {
                float[] weights = b[(j * k)..((j + 1) * k)];
                float step = weights.Max(MathF.Abs) / 127;
                int sum = codes.Zip(weights, (code, w) => code * (int)MathF.Round(w / step)).Sum();
                float expected = sum * (step * scale) + bias[j] + (residual?[i * n + j] ?? 0);
                c[i * n + j].ShouldBe(expected, $"{rows}×{k}×{n}, row {i} column {j}");
            }
        }
    }

    // Rows of the result lie further apart than they are long, and what lies between them must stay.
    private static float[] Run(
        string name, float[] a, float[] b, float[] bias, float[]? residual, int rows, int k, int n, Epilogue activation,
        ActivationRange? range)
    {
        Int8Kernel kernel = s_kernels.First(x => x.Name == name);
        Int8Layout layout = kernel.Layout(n, k);
        const int Gap = 3;
        int whole = (rows + kernel.TileRows - 1) / kernel.TileRows * kernel.TileRows;
        using var weights = new NativeBlock(layout.Bytes);
        float[] c = [.. Enumerable.Repeat(-77f, rows * (n + Gap))];
        byte[] codes = new byte[whole * layout.RowBytes];
        int[] sums = new int[whole * layout.Columns];
        var scales = new RowScale[rows];
        Int8Packing.Pack(b, [.. Enumerable.Range(0, k)], layout, weights.Data);
        fixed (float* pa = a, pc = c, pbias = bias, pr = residual)
        fixed (byte* pcodes = codes)
        fixed (int* psums = sums)
        fixed (RowScale* pscales = scales)
        {
            for (int row = 0; row < rows; row++)
                scales[row] = kernel.Quantize(pa + row * k, k, range, pcodes + row * layout.RowBytes);
            kernel.Product(new Int8Block
            {
                Codes = pcodes,
                RowScales = pscales,
                Rows = rows,
                Layout = layout,
                Weights = weights.Data,
                Panels = layout.Panels,
                C = pc,
                Ldc = n + Gap,
                Bias = pbias,
                Residual = pr,
                Ldr = n,
                Activation = activation,
                Sums = psums,
            });
        }

        for (int i = 0; i < c.Length; i++)
        {
            if (i % (n + Gap) >= n)
                c[i].ShouldBe(-77f, $"{rows}×{k}×{n}: the gap behind row {i / (n + Gap)} was written to");
        }

        return [.. c.Where((_, i) => i % (n + Gap) < n)];
    }

    private static double Apply(Epilogue activation, double x) => activation switch
    {
        Epilogue.Relu => Math.Max(x, 0),
        Epilogue.Gelu => x / 2 * (1 + RfDetr.Tensors.ErrorFunction.Erf(x / Math.Sqrt(2))),
        _ => x / (1 + Math.Exp(-x)),
    };

    private static float[] Values(string key, int count)
    {
        var values = new float[count];
        FormulaWeights.Fill(key, values);
        return values;
    }
}
