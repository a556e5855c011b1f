using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace RfDetr.Cpu;

/// <summary>Instructions that .NET does not offer at 512 bits.</summary>
internal enum TileInstruction
{
    /// <summary>Unsigned bytes times signed bytes, four to an int32 sum.</summary>
    Vpdpbusd,

    /// <summary>bfloat16 pairs to a float32 sum.</summary>
    Vdpbf16ps,
}

/// <summary>
/// Writes the machine code of a product's tile: 12 rows × two registers of 16 sums, all in registers, as
/// <see cref="Tile{TSimd,T}"/> does.
/// </summary>
/// <remarks>
/// One argument, a <see cref="TileCall"/>*. No calls, no stack frame, no jump out of its own text; of the caller's registers it
/// changes those that both conventions give away (rax, rcx, rdx, r8 to r11, zmm0 to zmm5, zmm16 to zmm31), and zmm8 to zmm15,
/// which Windows wants back.
/// </remarks>
internal static class TileCode
{
    /// <summary>Size of a tile.</summary>
    public const int Rows = 12, Columns = 32;

    /// <summary>Groups to a turn of the loop.</summary>
    public const int Unroll = 4;

    /// <summary>Bytes of a group of the panel.</summary>
    public const int GroupBytes = Columns * sizeof(int);

    private const int Register = 64, FirstSum = 8, FirstRow = 2, RowRegisters = 4, Saved = 8, SavedBytes = 16;

    private static readonly AssemblerRegisterZMM[] s_zmm =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
        zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
    ];

    private static readonly AssemblerRegisterXMM[] s_saved = [xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];

    /// <summary>The code.</summary>
    /// <param name="instruction">Instruction that it multiplies with.</param>
    /// <param name="forWindows">The calling convention of Windows; else System V's.</param>
    public static byte[] Assemble(TileInstruction instruction, bool forWindows)
    {
        var a = new Assembler(64);
        Label turn = a.CreateLabel(), rest = a.CreateLabel(), end = a.CreateLabel();
        if (!forWindows)
            a.mov(rcx, rdi);
        for (int i = 0; forWindows && i < Saved; i++)
            a.vmovups(__xmmword_ptr[rcx + TileCall.AtSaved + i * SavedBytes], s_saved[i]);
        LoadSums(a);
        LoadPointers(a);

        a.Label(ref turn);
        a.cmp(rax, __qword_ptr[rcx + TileCall.AtTurns]);
        a.jae(rest);
        for (int group = 0; group < Unroll; group++)
            Multiply(a, instruction, group);
        Advance(a, Unroll);
        a.jmp(turn);

        a.Label(ref rest);
        a.cmp(rax, __qword_ptr[rcx + TileCall.AtEnd]);
        a.jae(end);
        Multiply(a, instruction, 0);
        Advance(a, 1);
        a.jmp(rest);

        a.Label(ref end);
        if (instruction == TileInstruction.Vdpbf16ps)
            AddFloats(a);
        StoreSums(a);
        for (int i = 0; forWindows && i < Saved; i++)
            a.vmovups(s_saved[i], __xmmword_ptr[rcx + TileCall.AtSaved + i * SavedBytes]);
        a.vzeroupper();
        a.ret();

        using var code = new MemoryStream();
        _ = a.Assemble(new StreamCodeWriter(code), 0);
        return code.ToArray();
    }

    private static AssemblerRegisterZMM Sum(int row, int half) => s_zmm[FirstSum + 2 * row + half];

    private static void LoadSums(Assembler a)
    {
        a.mov(rax, __qword_ptr[rcx + TileCall.AtFrom]);
        a.mov(rdx, __qword_ptr[rcx + TileCall.AtFromBytes]);
        for (int row = 0; row < Rows; row++)
        {
            a.vmovups(Sum(row, 0), __zmmword_ptr[rax]);
            a.vmovups(Sum(row, 1), __zmmword_ptr[rax + Register]);
            a.add(rax, rdx);
        }
    }

    private static void AddFloats(Assembler a)
    {
        a.mov(rax, __qword_ptr[rcx + TileCall.AtColumns]);
        a.vmovups(zmm0, __zmmword_ptr[rax]);
        a.vmovups(zmm1, __zmmword_ptr[rax + Register]);
        a.mov(rax, __qword_ptr[rcx + TileCall.AtAddends]);
        a.mov(rdx, __qword_ptr[rcx + TileCall.AtAddendBytes]);
        for (int row = 0; row < Rows; row++)
        {
            for (int half = 0; half < 2; half++)
            {
                a.vaddps(Sum(row, half), Sum(row, half), half == 0 ? zmm0 : zmm1);
                a.vaddps(Sum(row, half), Sum(row, half), __zmmword_ptr[rax + half * Register]);
            }

            a.add(rax, rdx);
        }
    }

    private static void StoreSums(Assembler a)
    {
        a.mov(rax, __qword_ptr[rcx + TileCall.AtTo]);
        a.mov(rdx, __qword_ptr[rcx + TileCall.AtToBytes]);
        for (int row = 0; row < Rows; row++)
        {
            a.vmovups(__zmmword_ptr[rax], Sum(row, 0));
            a.vmovups(__zmmword_ptr[rax + Register], Sum(row, 1));
            a.add(rax, rdx);
        }
    }

    // rax: the panel. rdx, r8, r9: rows 0, 4 and 8; r10, r11: one and three rows further.
    private static void LoadPointers(Assembler a)
    {
        a.mov(rax, __qword_ptr[rcx + TileCall.AtB]);
        a.mov(rdx, __qword_ptr[rcx + TileCall.AtA]);
        a.mov(r10, __qword_ptr[rcx + TileCall.AtRowBytes]);
        a.lea(r11, __[r10 + r10 * 2]);
        a.lea(r8, __[rdx + r10 * 4]);
        a.lea(r9, __[rdx + r10 * 8]);
    }

    private static void Advance(Assembler a, int groups)
    {
        a.add(rax, groups * GroupBytes);
        a.add(rdx, groups * sizeof(int));
        a.add(r8, groups * sizeof(int));
        a.add(r9, groups * sizeof(int));
    }

    // Rows take turns with four registers, so that loads run ahead of the products.
    private static void Multiply(Assembler a, TileInstruction instruction, int group)
    {
        a.vmovups(zmm0, __zmmword_ptr[rax + group * GroupBytes]);
        a.vmovups(zmm1, __zmmword_ptr[rax + group * GroupBytes + Register]);
        for (int row = 0; row < Rows; row++)
        {
            AssemblerRegisterZMM codes = s_zmm[FirstRow + row % RowRegisters];
            a.vpbroadcastd(codes, __dword_ptr[At(row) + group * sizeof(int)]);
            Dot(a, instruction, Sum(row, 0), codes, zmm0);
            Dot(a, instruction, Sum(row, 1), codes, zmm1);
        }
    }

    private static AssemblerMemoryOperand At(int row)
    {
        AssemblerRegister64 four = (row / 4) switch { 0 => rdx, 1 => r8, _ => r9 };
        return (row % 4) switch { 0 => four + 0, 1 => four + r10, 2 => four + r10 * 2, _ => four + r11 };
    }

    private static void Dot(
        Assembler a, TileInstruction instruction, AssemblerRegisterZMM sums, AssemblerRegisterZMM codes,
        AssemblerRegisterZMM weights)
    {
        if (instruction == TileInstruction.Vpdpbusd)
            a.vpdpbusd(sums, codes, weights);
        else
            a.vdpbf16ps(sums, codes, weights);
    }
}
