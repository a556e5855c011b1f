using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Tests.Cpu.Assembled;

namespace RfDetr.Tests.Cpu;

/// <summary>
/// Products of bfloat16: in the assembled code on a model of its processor, and on the processor itself where it can.
/// </summary>
public sealed unsafe class BFloat16ProductTests
{
    private static readonly Dictionary<string, KernelSet> s_kernels = All();

    public static TheoryData<string> Kernels => [.. s_kernels.Keys];

    public static TheoryData<string> Sets => [.. InstructionSets.Available.Select(set => set.ToString())];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Any_size_and_epilogue(string kernels)
    {
        for (int rows = 1; rows <= 26; rows += 5)
            Check(kernels, rows, 33, 37, Epilogue.None, hasResidual: false);
        foreach (int k in new[] { 1, 2, 3, 8, 767, 769, 1537 })
            Check(kernels, 13, k, 33, Epilogue.Relu, hasResidual: true);
        foreach (int n in new[] { 1, 31, 32, 34, 64 })
            Check(kernels, 12, 20, n, Epilogue.Gelu, hasResidual: true);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_network_stays_close_to_floats(string kernels)
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Masks, 1);
        Dictionary<string, HostTensor> image = TinyNetwork.Image(TinyNetwork.Masks, 1);
        var options =
            new CpuOptions { Threads = 2, BFloat16 = Matrices(TinyNetwork.Masks), BFloat16Kernels = s_kernels[kernels] };
        using CpuNetwork network = CpuNetwork.Compile(graph, options);
        network.Products().Count(p => p.IsBFloat16).ShouldBeGreaterThan(20);
        network.Products().ShouldAllBe(p => p.IsBFloat16 != p.IsInt8 || !p.Weights.Any(options.BFloat16.Contains));
        Dictionary<string, HostTensor> exact = GraphEvaluator.Run(graph, image), close = CpuRuns.Run(network, image);
        TinyNetwork.ShouldAgree(close, exact, 0.03);
        close["masks"].ToSingles().ShouldNotBe(CpuRuns.Run(graph, image, new CpuOptions { Threads = 2 })["masks"].ToSingles());
    }

    [Fact]
    public void Weights_take_half_the_room_and_integers_go_first()
    {
        NetworkGraph graph = TinyNetwork.Record(TinyNetwork.Boxes, 1);
        HashSet<string> all = Matrices(TinyNetwork.Boxes);
        string integers = all.First(n => n.Contains("mlp.fc1", StringComparison.Ordinal));
        var options = new CpuOptions
        {
            Threads = 1,
            BFloat16 = all,
            BFloat16Kernels = s_kernels.Values.First(),
            Int8 = new Int8Products { Weights = new HashSet<string> { integers } }
        };
        using CpuNetwork single = CpuNetwork.Compile(graph, new CpuOptions { Threads = 1 }),
        small = CpuNetwork.Compile(graph, options);
        ((double)small.WeightBytes / single.WeightBytes).ShouldBeLessThan(0.75);
        small.Products()
            .Single(p => p.Weights.Contains(integers))
            .ShouldSatisfyAllConditions(p => p.IsInt8.ShouldBeTrue(), p => p.IsBFloat16.ShouldBeFalse());
        small.Summarize().Operations.ShouldBe(single.Summarize().Operations);
    }

    [Fact]
    public void Without_such_a_processor_one_error_names_the_cure()
    {
        var options = new CpuOptions { BFloat16 = new HashSet<string> { "x" }, AssembleKernels = false };
        string error = Should.Throw<ArgumentException>(options.Validated).Message;
        error.ShouldContain("switched off");
        error.ShouldContain("float32");
        if (!InstructionSets.HasBFloat16Products)
            Should.Throw<ArgumentException>((options with { AssembleKernels = true }).Validated).Message.ShouldContain("lacks");
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Rounding_is_the_same_everywhere(string name)
    {
        InstructionSet set = Enum.Parse<InstructionSet>(name);
        var random = new Random(1);
        float[] x =
        [
            0, -0f, 1, 1 + 1 / 256f, 1 + 3 / 256f, 1.001f, -1.999f, float.MaxValue, float.PositiveInfinity,
            float.NegativeInfinity, float.NaN,
            BitConverter.UInt32BitsToSingle(0xFFFF_FFFF), float.Epsilon, 1e-40f, 3.38e38f,
            .. Enumerable.Range(0, 1000).Select(_ => BitConverter.Int32BitsToSingle(random.Next())),
        ];
        ushort[] y = new ushort[x.Length];
        fixed (float* px = x)
        fixed (ushort* py = y)
            KernelSet.For(set).RoundToBFloat16(px, py, x.Length);
        y.ShouldBe(x.Select(BFloat16.Round));
    }

    [Fact]
    public void Rounding_is_to_the_nearest_even()
    {
        BFloat16.Round(1 + 1 / 256f).ShouldBe(BFloat16.Round(1));
        BFloat16.Widen(BFloat16.Round(1 + 3 / 256f)).ShouldBe(1 + 4 / 256f);
        BFloat16.Widen(BFloat16.Round(1.0041f)).ShouldBe(1 + 2 / 256f);
        BFloat16.Widen(BFloat16.Round(float.MaxValue)).ShouldBe(float.PositiveInfinity);
        float.IsNaN(BFloat16.Widen(BFloat16.Round(BitConverter.UInt32BitsToSingle(0x7FFF_FFFF)))).ShouldBeTrue();
    }

    private static Dictionary<string, KernelSet> All()
    {
        var int8 = new Lazy<Int8Kernel>(() => Int8Kernel.For(InstructionSet.Scalar));
        var kernels = new Dictionary<string, KernelSet>
        {
            ["assembled for System V"] = new KernelSet<SimdScalar, float, InterpretedBFloat16Tile<SystemVConvention>>(int8),
            ["assembled for Windows"] = new KernelSet<SimdScalar, float, InterpretedBFloat16Tile<WindowsConvention>>(int8),
        };
        if (KernelSet.ForBFloat16(InstructionSets.Available[0]) is { } own)
            kernels["this processor"] = own;
        return kernels;
    }

    private static void Check(string name, int rows, int k, int n, Epilogue activation, bool hasResidual)
    {
        KernelSet kernels = s_kernels[name];
        int pairs = BFloat16Rows.Pairs(k), columns = kernels.TileColumns, panels = (n + columns - 1) / columns;
        float[] a = Values("a", rows * k), b = Values("b", n * k), bias = Values("bias", n), residual = Values("r", rows * n);
        ushort[] rounded = new ushort[rows * pairs * 2], packed = new ushort[panels * pairs * columns * 2];
        for (int i = 0; i < a.Length; i++)
            rounded[i / k * pairs * 2 + i % k] = BFloat16.Round(a[i]);
        for (int i = 0; i < b.Length; i++)
            packed[((i / k / columns * pairs + i % k / 2) * columns + i / k % columns) * 2 + i % k % 2] = BFloat16.Round(b[i]);
        float[] c = [.. Enumerable.Repeat(-77f, rows * (n + 1))], scratch = new float[kernels.ProductScratchFloats(pairs)];
        fixed (ushort* pa = rounded, pp = packed)
        fixed (float* pc = c, pbias = bias, pr = residual, ps = scratch)
        {
            kernels.Product(new ProductBlock
            {
                A = (float*)pa,
                Lda = pairs,
                Rows = rows,
                K = pairs,
                N = n,
                B = (float*)pp,
                Panels = panels,
                C = pc,
                Ldc = n + 1,
                Bias = pbias,
                Residual = hasResidual ? pr : null,
                Ldr = n,
                Activation = activation,
                Scratch = ps,
            });
        }

        for (int i = 0; i < rows; i++)
        {
            c[i * (n + 1) + n].ShouldBe(-77f, $"{rows}×{k}×{n}: the gap behind row {i} was written to");
            for (int j = 0; j < n; j++)
            {
                double sum = bias[j];
                for (int t = 0; t < k; t++)
                    sum += (double)BFloat16.Widen(BFloat16.Round(a[i * k + t])) * BFloat16.Widen(BFloat16.Round(b[j * k + t]));
                double expected = Apply(activation, sum) + (hasResidual ? residual[i * n + j] : 0);
                ((double)c[i * (n + 1) + j]).ShouldBe(
                    expected, 2e-6 * (k + 2), $"{rows}×{k}×{n} {activation}, row {i} column {j}");
            }
        }
    }

    private static double Apply(Epilogue activation, double x) => activation switch
    {
        Epilogue.Relu => Math.Max(x, 0),
        Epilogue.Gelu => x / 2 * (1 + ErrorFunction.Erf(x / Math.Sqrt(2))),
        _ => x,
    };

    private static HashSet<string> Matrices(ModelConfig config)
    {
        using CpuNetwork network = CpuNetwork.Compile(TinyNetwork.Record(config, 1), new CpuOptions { Threads = 1 });
        return network.Products()
            .SelectMany(p => p.Weights).Where(n => n.EndsWith("weight", StringComparison.Ordinal)).ToHashSet();
    }

    private static float[] Values(string key, int count)
    {
        var values = new float[count];
        FormulaWeights.Fill(key, values);
        return values;
    }
}
