using Iced.Intel;
using RfDetr.Cpu;

namespace RfDetr.Tests.Cpu.Assembled;

/// <summary>A calling convention.</summary>
internal interface IConvention
{
    static abstract bool IsWindows { get; }
}

/// <summary>Linux and macOS.</summary>
internal readonly struct SystemVConvention : IConvention
{
    public static bool IsWindows => false;
}

/// <summary>Windows.</summary>
internal readonly struct WindowsConvention : IConvention
{
    public static bool IsWindows => true;
}

/// <summary>
/// Runs a tile's code on <see cref="Machine"/>: with a caller that wants its registers back, and memory up to the last byte and
/// no further.
/// </summary>
internal static unsafe class InterpretedTile<TConvention>
    where TConvention : IConvention
{
    private const int StackBytes = 64;

    private static readonly Register[] s_callers =
        [Register.RBX, Register.RBP, Register.R12, Register.R13, Register.R14, Register.R15];

    /// <summary>Carries out one tile.</summary>
    public static void Run(TileInstruction instruction, TileCall call)
    {
        var machine = new Machine(TileCode.Assemble(instruction, TConvention.IsWindows));
        ulong* stack = stackalloc ulong[StackBytes / sizeof(ulong)];
        stack[0] = Machine.ReturnAddress;
        var memory = new MachineMemory();
        memory.Lend(stack, StackBytes, canWrite: false);
        memory.Lend(&call, TileCall.AtSaved, canWrite: false);
        if (TConvention.IsWindows)
            memory.Lend(&call, sizeof(TileCall), canWrite: true);
        memory.LendRows(call.A, call.RowBytes, TileCode.Rows, (nint)(call.End - call.B) / TileCode.Columns, canWrite: false);
        memory.Lend(call.B, (nint)(call.End - call.B), canWrite: false);
        memory.LendRows(call.From, call.FromBytes, TileCode.Rows, TileCode.GroupBytes, canWrite: false);
        memory.LendRows(call.To, call.ToBytes, TileCode.Rows, TileCode.GroupBytes, canWrite: true);
        if (instruction == TileInstruction.Vdpbf16ps)
        {
            memory.Lend(call.Columns, TileCode.GroupBytes, canWrite: false);
            memory.LendRows(call.Addends, call.AddendBytes, TileCode.Rows, TileCode.GroupBytes, canWrite: false);
        }

        for (int i = 0; i < machine.General.Length; i++)
            machine.General[i] = 0xDEAD_0000_0000 + (ulong)i;
        for (int i = 0; i < machine.Vectors.Words.Length; i++)
            machine.Vectors.Words[i] = 0x7FC0_0000 + (uint)i;
        machine[TConvention.IsWindows ? Register.RCX : Register.RDI] = (ulong)&call;
        machine[Register.RSP] = (ulong)stack;
        ulong[] general = [.. machine.General];
        uint[] words = [.. machine.Vectors.Words];
        machine.Run(memory);

        machine[Register.RSP].ShouldBe((ulong)(stack + 1), "the stack is not as the caller left it");
        foreach (Register own in TConvention.IsWindows ? [.. s_callers, Register.RSI, Register.RDI] : s_callers)
            machine[own].ShouldBe(general[own - Register.RAX], $"{own} belongs to the caller");
        for (int register = 6; TConvention.IsWindows && register < 16; register++)
            machine.Vectors[Register.XMM0 + register]
                .SequenceEqual(words.AsSpan(register * VectorUnit.Lanes, 4)).ShouldBeTrue($"xmm{register} belongs to the caller");
    }
}

/// <summary>The tile of bytes.</summary>
internal readonly unsafe struct InterpretedVnniTile<TConvention> : IDotTile
    where TConvention : IConvention
{
    public static int Rows => TileCode.Rows;

    public static int Columns => TileCode.Columns;

    public static int Group => VnniTile.Group;

    public static int Bias => VnniTile.Bias;

    public static void Multiply(byte* a, nint rowBytes, sbyte* b, nint groups, int* c, bool add, Int8Tile* result = null)
    {
        InterpretedTile<TConvention>.Run(TileInstruction.Vpdpbusd, VnniTile.Call(a, rowBytes, b, groups, c, add));
        if (result != null)
            VnniTile.Scale(c, result);
    }
}

/// <summary>The tile of bfloat16 pairs.</summary>
internal readonly unsafe struct InterpretedBFloat16Tile<TConvention> : ITile
    where TConvention : IConvention
{
    public static int Rows => TileCode.Rows;

    public static int Columns => TileCode.Columns;

    public static int TurnTerms => TileCode.Unroll;

    public static void Multiply(
        float* a, nint lda, float* b, nint k, float* c, nint ldc, in TileAddends addends, ref PanelPrefetch far) =>
        InterpretedTile<TConvention>.Run(TileInstruction.Vdpbf16ps, BFloat16Tile.Call(a, lda, b, k, c, ldc, addends));
}
