using Iced.Intel;

namespace RfDetr.Tests.Cpu.Assembled;

/// <summary>
/// Carries out machine code instruction by instruction, as far as the tiles' code uses it: what is not listed here, and every
/// access outside the memory that was lent, is a failure. So the code is proved on processors that lack its instructions.
/// </summary>
internal sealed unsafe class Machine
{
    public const ulong ReturnAddress = 0x1234_5678_9ABC;
    private readonly Instruction[] _text;
    private readonly Dictionary<ulong, int> _places = [];

    public Machine(byte[] code)
    {
        var decoder = Decoder.Create(64, code);
        var text = new List<Instruction>();
        while (decoder.IP < (ulong)code.Length)
        {
            _places[decoder.IP] = text.Count;
            text.Add(decoder.Decode());
            text[^1].IsInvalid.ShouldBeFalse($"at {text[^1].IP}");
        }

        _text = [.. text];
    }

    public IReadOnlyList<Instruction> Text => _text;

    public VectorUnit Vectors { get; } = new();

    /// <summary>rax to r15, by the number of <see cref="Register"/>.</summary>
    public ulong[] General { get; } = new ulong[16];

    /// <summary>Runs from the first instruction until it returns.</summary>
    /// <param name="memory">All that may be read or written.</param>
    public void Run(MachineMemory memory)
    {
        bool? isBelow = null; // what the last comparison found; sums leave no flags that anything should rely on
        for (int at = 0; ;)
        {
            ref readonly Instruction i = ref _text[at++];
            switch (i.Mnemonic)
            {
                case Mnemonic.Mov:
                    this[i.Op0Register] = Value(i, 1, memory);
                    break;
                case Mnemonic.Lea:
                    this[i.Op0Register] = Address(i);
                    break;
                case Mnemonic.Add:
                    this[i.Op0Register] += Value(i, 1, memory);
                    isBelow = null;
                    break;
                case Mnemonic.Cmp:
                    isBelow = this[i.Op0Register] < Value(i, 1, memory);
                    break;
                case Mnemonic.Jae:
                    at = isBelow ?? throw new InvalidOperationException("a jump by flags that no comparison set")
                        ? at
                        : _places[i.NearBranchTarget];
                    break;
                case Mnemonic.Jmp:
                    at = _places[i.NearBranchTarget];
                    break;
                case Mnemonic.Ret:
                    (*(ulong*)memory.At(this[Register.RSP], sizeof(ulong), isWrite: false)).ShouldBe(ReturnAddress);
                    this[Register.RSP] += sizeof(ulong);
                    return;
                default:
                    Vectors.Execute(i, i.MemorySize != MemorySize.Unknown ? Address(i) : 0, memory);
                    break;
            }
        }
    }

    public ref ulong this[Register register]
    {
        get
        {
            if (register is < Register.RAX or > Register.R15)
                throw new NotSupportedException($"register {register}");
            return ref General[register - Register.RAX];
        }
    }

    private ulong Value(in Instruction i, int operand, MachineMemory memory) => i.GetOpKind(operand) switch
    {
        OpKind.Register => this[i.GetOpRegister(operand)],
        OpKind.Memory when i.MemorySize == MemorySize.UInt64 => *(ulong*)memory.At(Address(i), sizeof(ulong), isWrite: false),
        OpKind.Immediate8to64 or OpKind.Immediate32to64 => (ulong)(long)i.GetImmediate(operand),
        var kind => throw new NotSupportedException($"{i}: operand of kind {kind}"),
    };

    private ulong Address(in Instruction i) => (i.MemoryBase == Register.None ? 0 : this[i.MemoryBase])
        + (i.MemoryIndex == Register.None ? 0 : this[i.MemoryIndex] * (ulong)i.MemoryIndexScale) + i.MemoryDisplacement64;
}
