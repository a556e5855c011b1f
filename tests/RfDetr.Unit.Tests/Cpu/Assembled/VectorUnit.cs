using Iced.Intel;

namespace RfDetr.Tests.Cpu.Assembled;

/// <summary>The vector registers, and the instructions on them, word for word as the processors' manuals describe them.</summary>
internal sealed unsafe class VectorUnit
{
    public const int Lanes = 16, Registers = 32;

    /// <summary>All registers' lanes.</summary>
    public uint[] Words { get; } = new uint[Registers * Lanes];

    public Span<uint> this[Register register] => register switch
    {
        >= Register.ZMM0 and <= Register.ZMM31 => Words.AsSpan((register - Register.ZMM0) * Lanes, Lanes),
        >= Register.XMM0 and <= Register.XMM15 => Words.AsSpan((register - Register.XMM0) * Lanes, 4),
        _ => throw new NotSupportedException($"register {register}"),
    };

    public void Execute(in Instruction i, ulong address, MachineMemory memory)
    {
        if (i.OpMask != Register.None || i.IsBroadcast)
            throw new NotSupportedException($"{i}: masks and embedded broadcasts");
        switch (i.Mnemonic)
        {
            case Mnemonic.Vmovups when i.Op0Kind == OpKind.Memory:
                this[i.Op1Register].CopyTo(
                    new Span<uint>(memory.At(address, this[i.Op1Register].Length * sizeof(uint), isWrite: true), Lanes));
                break;
            case Mnemonic.Vmovups when i.Op1Kind == OpKind.Memory:
                Span<uint> to = this[i.Op0Register];
                var loaded = new ReadOnlySpan<uint>(memory.At(address, to.Length * sizeof(uint), isWrite: false), to.Length);
                Whole(i.Op0Register).Clear();
                loaded.CopyTo(to);
                break;
            case Mnemonic.Vpbroadcastd when i.Op1Kind == OpKind.Memory:
                this[i.Op0Register].Fill(*(uint*)memory.At(address, sizeof(uint), isWrite: false));
                break;
            case Mnemonic.Vpdpbusd when i.Op2Kind == OpKind.Register:
                Each(i, DotBytes);
                break;
            case Mnemonic.Vdpbf16ps when i.Op2Kind == OpKind.Register:
                Each(i, DotPairs);
                break;
            case Mnemonic.Vaddps:
                ReadOnlySpan<uint> addend = i.Op2Kind == OpKind.Register
                    ? this[i.Op2Register]
                    : new(memory.At(address, Lanes * sizeof(uint), isWrite: false), Lanes);
                Span<uint> sum = this[i.Op0Register], first = this[i.Op1Register];
                for (int lane = 0; lane < Lanes; lane++)
                    sum[lane] = BitConverter.SingleToUInt32Bits(
                        BitConverter.UInt32BitsToSingle(first[lane]) + BitConverter.UInt32BitsToSingle(addend[lane]));
                break;
            case Mnemonic.Vzeroupper:
                for (int register = 0; register < 16; register++)
                    Words.AsSpan(register * Lanes + 4, Lanes - 4).Clear();
                break;
            default:
                throw new NotSupportedException(i.ToString());
        }
    }

    /// <summary>vpdpbusd of a lane: unsigned bytes of a, signed ones of b.</summary>
    public static uint DotBytes(uint sum, uint a, uint b)
    {
        int total = (int)sum;
        for (int k = 0; k < 32; k += 8)
            total += (byte)(a >> k) * (sbyte)(b >> k);
        return (uint)total;
    }

    /// <summary>
    /// vdpbf16ps of a lane: the upper pair first; denormals count and become zero, each sum is rounded to nearest even.
    /// </summary>
    public static uint DotPairs(uint sum, uint a, uint b)
    {
        float total = Flushed(BitConverter.UInt32BitsToSingle(sum));
        foreach (int k in (ReadOnlySpan<int>)[16, 0])
            total = Flushed(MathF.FusedMultiplyAdd(Widened(a >> k), Widened(b >> k), total));
        return BitConverter.SingleToUInt32Bits(total);
    }

    private static float Widened(uint bfloat16) => Flushed(BitConverter.UInt32BitsToSingle(bfloat16 << 16));

    private static float Flushed(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;

    private void Each(in Instruction i, Func<uint, uint, uint, uint> dot)
    {
        Span<uint> sums = this[i.Op0Register], a = this[i.Op1Register], b = this[i.Op2Register];
        for (int lane = 0; lane < Lanes; lane++)
            sums[lane] = dot(sums[lane], a[lane], b[lane]);
    }

    private Span<uint> Whole(Register register) => this[register.GetFullRegister()];
}
