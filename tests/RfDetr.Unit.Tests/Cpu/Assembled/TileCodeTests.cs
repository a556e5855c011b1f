using Iced.Intel;
using RfDetr.Cpu;
using RfDetr.Tensors;

namespace RfDetr.Tests.Cpu.Assembled;

/// <summary>
/// The assembled tiles, byte for byte what would run on a processor that has their instructions, carried out here by a model of
/// it.
/// </summary>
public sealed unsafe class TileCodeTests
{
    public static TheoryData<int> Groups => [0, 1, 2, 3, 4, 5, 7, 8, 64, 193];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Bytes_give_exact_sums(int groups)
    {
        var random = new Random(groups);
        foreach (int gap in new[] { 0, 4, 36 })
        {
            Bytes(groups, gap, () => (byte)random.Next(256), () => (sbyte)random.Next(-127, 128), start: null);
            Bytes(
                groups, gap, () => (byte)random.Next(256), () => (sbyte)random.Next(-127, 128),
                () => random.Next(int.MinValue / 2, int.MaxValue / 2));
        }
    }

    [Theory]
    [InlineData(-127)]
    [InlineData(127)]
    public void The_largest_products_do_not_saturate(int weight) =>
        Bytes(groups: 1500, gap: 0, () => 255, () => (sbyte)weight, start: null);

    [Theory]
    [MemberData(nameof(Groups))]
    public void Pairs_give_the_sums_of_the_instruction_in_order(int pairs)
    {
        var random = new Random(pairs);
        const int Gap = 5;
        (int lda, int ldc) = (pairs + 3, TileCode.Columns + Gap);
        uint[] a = Pairs(random, TileCode.Rows * lda + 1), b = Pairs(random, pairs * TileCode.Columns + 1);
        float[] zeros = new float[TileCode.Columns], bias = Floats(random, TileCode.Columns),
        residual = Floats(random, TileCode.Rows * (ldc + 1));
        foreach (bool adds in new[] { false, true })
        {
            float[] before = Floats(random, TileCode.Rows * ldc), expected = [.. before];
            for (int at = 0; at < before.Length; at++)
            {
                (int row, int column) = (at / ldc, at % ldc);
                if (column >= TileCode.Columns)
                    continue;
                uint sum = adds ? BitConverter.SingleToUInt32Bits(before[at]) : 0;
                for (int k = 0; k < pairs; k++)
                    sum = VectorUnit.DotPairs(sum, a[row * lda + k], b[k * TileCode.Columns + column]);
                expected[at] = BitConverter.UInt32BitsToSingle(sum) + (adds ? bias[column] : 0) + (
                    adds ? residual[row * (ldc + 1) + column] : 0);
            }

            Run(InterpretedBFloat16Tile<SystemVConvention>.Multiply).ShouldBe(expected);
            Run(InterpretedBFloat16Tile<WindowsConvention>.Multiply).ShouldBe(expected);
            if (BFloat16Tile.IsAvailable)
            {
                float[] native = Run(BFloat16Tile.Multiply);
                for (int at = 0; at < native.Length; at++)
                    native[at].ShouldBe(expected[at], 1e-5 * (pairs + 1), "on this processor");
            }

            float[] Run(Product product)
            {
                float[] c = [.. before];
                fixed (uint* pa = a, pb = b)
                fixed (float* pc = c, pzeros = zeros, pbias = bias, presidual = residual)
                {
                    var addends = new TileAddends(pzeros);
                    if (adds)
                    {
                        addends.Prior = pc;
                        addends.Columns = pbias;
                        addends.Rows = presidual;
                        (addends.PriorStep, addends.RowsStep) = (ldc, ldc + 1);
                    }

                    PanelPrefetch far = PanelPrefetch.None((float*)pb);
                    product((float*)pa, lda, (float*)pb, pairs, pc, ldc, addends, ref far);
                }

                return c;
            }
        }
    }

    [Fact]
    public void The_model_of_the_instruction_rounds_once_and_knows_no_denormals()
    {
        uint one = BFloat16.Round(1), tiny = 1u << 16, next = BitConverter.SingleToUInt32Bits(1) + 1;
        VectorUnit.DotPairs(0, one, one).ShouldBe(one << 16);
        VectorUnit.DotPairs(0, one | one << 16, one | one << 16).ShouldBe(BitConverter.SingleToUInt32Bits(2));
        VectorUnit.DotPairs(
            next, one << 16, (uint)BFloat16.Round(MathF.Pow(2, -24)) << 16).ShouldBe(next + 1, "half a step, to even");
        VectorUnit.DotPairs(0, one << 16, tiny).ShouldBe(0u);
        VectorUnit.DotPairs(1, 0, 0).ShouldBe(0u);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Code_needs_no_more_of_the_processor_than_is_looked_for(bool forWindows)
    {
        foreach (TileInstruction instruction in Enum.GetValues<TileInstruction>())
        {
            CpuidFeature own = instruction == TileInstruction.Vpdpbusd ? CpuidFeature.AVX512_VNNI : CpuidFeature.AVX512_BF16;
            CpuidFeature[] known = [CpuidFeature.INTEL8086, CpuidFeature.X64, CpuidFeature.AVX, CpuidFeature.AVX512F, own];
            var machine = new Machine(TileCode.Assemble(instruction, forWindows));
            machine.Text.SelectMany(i => i.CpuidFeatures).Distinct().Except(known).ShouldBeEmpty();
            machine.Text.SelectMany(i => i.CpuidFeatures).ShouldContain(own);
            machine.Text[^1].Mnemonic.ShouldBe(Mnemonic.Ret);
        }
    }

    [Fact]
    public void The_model_fails_on_what_lies_outside()
    {
        byte* bytes = stackalloc byte[16];
        var memory = new MachineMemory();
        memory.Lend(bytes, 16, canWrite: false);
        ((nint)memory.At((ulong)bytes, 16, isWrite: false)).ShouldBe((nint)bytes);
        Should.Throw<InvalidOperationException>(() => memory.At((ulong)bytes + 1, 16, isWrite: false));
        Should.Throw<InvalidOperationException>(() => memory.At((ulong)bytes, 1, isWrite: true));
    }

    private static float[] Floats(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static uint[] Pairs(Random random, int count) =>
        [
            .. Enumerable.Range(0, count).Select(_ =>
                BFloat16.Round(random.NextSingle() - 0.5f) | (uint)BFloat16.Round(random.NextSingle() - 0.5f) << 16)
        ];

    private delegate void Product(
        float* a, nint lda, float* b, nint k, float* c, nint ldc, in TileAddends addends, ref PanelPrefetch far);

    private static void Bytes(int groups, int gap, Func<byte> code, Func<sbyte> weight, Func<int>? start)
    {
        int rowBytes = groups * 4 + gap, terms = groups * 4;
        byte[] a = [.. Enumerable.Range(0, TileCode.Rows * rowBytes + 4).Select(_ => code())];
        sbyte[] b = [.. Enumerable.Range(0, groups * TileCode.GroupBytes + 1).Select(_ => weight())];
        int[] before = [.. Enumerable.Range(0, TileCode.Rows * TileCode.Columns).Select(_ => start?.Invoke() ?? -77)];
        int[] expected = new int[before.Length];
        for (int row = 0; row < TileCode.Rows; row++)
        {
            for (int column = 0; column < TileCode.Columns; column++)
            {
                int sum = start is null ? 0 : before[row * TileCode.Columns + column];
                for (int k = 0; k < terms; k++)
                    sum += a[row * rowBytes + k] * b[k / 4 * TileCode.GroupBytes + column * 4 + k % 4];
                expected[row * TileCode.Columns + column] = sum;
            }
        }

        foreach (bool forWindows in new[] { false, true })
        {
            int[] c = [.. before];
            fixed (byte* pa = a)
            fixed (sbyte* pb = b)
            fixed (int* pc = c)
            {
                if (forWindows)
                    InterpretedVnniTile<WindowsConvention>.Multiply(pa, rowBytes, pb, groups, pc, start is not null);
                else
                    InterpretedVnniTile<SystemVConvention>.Multiply(pa, rowBytes, pb, groups, pc, start is not null);
            }

            c.ShouldBe(expected, $"{groups} groups, Windows {forWindows}");
            if (!VnniTile.IsAvailable)
                continue;
            int[] native = [.. before];
            fixed (byte* pa = a)
            fixed (sbyte* pb = b)
            fixed (int* pc = native)
                VnniTile.Multiply(pa, rowBytes, pb, groups, pc, start is not null);
            native.ShouldBe(expected, $"{groups} groups on this processor");
        }
    }
}
