namespace RfDetr.Cpu;

/// <summary>Options for compiling a network for the CPU.</summary>
internal sealed record CpuOptions
{
    /// <summary>Environment variable that forbids code made at run time where it is <c>0</c>, whatever the options say.</summary>
    public const string AssembleVariable = "RFDETR_ASSEMBLE";

    /// <summary>Threads of one run, the caller's among them; 0: one for each processor that the process may use.</summary>
    public int Threads { get; init; }

    /// <summary>Registers to use; <see cref="InstructionSet.Auto"/>: the widest there are.</summary>
    public InstructionSet InstructionSet { get; init; }

    /// <summary>Products computed from 8-bit integers; null: none.</summary>
    public Int8Products? Int8 { get; init; }

    /// <summary>
    /// Names of weights, as the checkpoint has them, whose products are computed from bfloat16 with sums in float32 (unless they
    /// are in <see cref="Int8"/>); null: none. For processors with <see cref="InstructionSets.HasBFloat16Products"/>.
    /// </summary>
    public IReadOnlySet<string>? BFloat16 { get; init; }

    /// <summary>
    /// True if kernels may be assembled at run time for instructions that .NET does not offer (AVX-512 VNNI, bfloat16), where
    /// processor and system allow it. Results in int8 are the same without; see also <see cref="AssembleVariable"/>.
    /// </summary>
    public bool AssembleKernels { get; init; } = true;

    /// <summary>Notes what weights are multiplied with (runs take longer then); null: nothing does.</summary>
    public ActivationObserver? Observer { get; init; }

    /// <summary>
    /// Processors (numbers as the operating system counts them) that helper threads are bound to, in turn; empty: any. Linux and
    /// Windows.
    /// </summary>
    public IReadOnlyList<int> Cores { get; init; } = [];

    /// <summary>
    /// Time that a helper thread looks for the next step before it sleeps, in microseconds, 0..100000. Between runs helpers
    /// always sleep.
    /// </summary>
    public int SpinMicroseconds { get; init; } = 200;

    /// <summary>Compiled plans kept for different batch sizes, at least 1.</summary>
    public int CachedPlans { get; init; } = 4;

    /// <summary>False where <see cref="AssembleVariable"/> forbids it.</summary>
    internal static bool MayAssemble => Environment.GetEnvironmentVariable(AssembleVariable) != "0";

    /// <summary>
    /// Kernels that carry out <see cref="BFloat16"/>; null: this processor's own. A test's means to do so without such a
    /// processor.
    /// </summary>
    internal KernelSet? BFloat16Kernels { get; init; }

    /// <exception cref="ArgumentException">Something is out of range; the message lists everything that is.</exception>
    internal CpuOptions Validated()
    {
        var wrong = new List<string>();
        if (Threads is < 0 or > 1024)
            wrong.Add($"{nameof(Threads)} is {Threads}, expected 0..1024");
        if (SpinMicroseconds is < 0 or > 100_000)
            wrong.Add($"{nameof(SpinMicroseconds)} is {SpinMicroseconds}, expected 0..100000");
        if (CachedPlans < 1)
            wrong.Add($"{nameof(CachedPlans)} is {CachedPlans}, expected 1 or more");
        if (Int8 is { ActivationBits: not (7 or 8) })
            wrong.Add($"{nameof(Int8Products.ActivationBits)} is {Int8.ActivationBits}, expected 7 or 8");
        if (Cores.Any(core => core is < 0 or > 1023))
            wrong.Add($"{nameof(Cores)} has {Cores.First(core => core is < 0 or > 1023)}, expected 0..1023");
        if (InstructionSet != InstructionSet.Auto && !InstructionSets.Available.Contains(InstructionSet))
            wrong.Add(
                $"{nameof(InstructionSet)} is {InstructionSet}, this processor has "
                    + $"{string.Join(", ", InstructionSets.Available)}");
        InstructionSet set = InstructionSet == InstructionSet.Auto ? InstructionSets.Available[0] : InstructionSet;
        bool assemble = AssembleKernels && MayAssemble;
        KernelSet? bfloat16 = BFloat16 is null ? null : BFloat16Kernels ?? KernelSet.ForBFloat16(set, assemble);
        if (BFloat16 is not null && bfloat16 is null)
            wrong.Add(
                $"{nameof(BFloat16)} is asked for, which needs AVX-512 BF16 and code made at run time, and "
                    + $"{(assemble ? $"this machine lacks one of them with {set}" : "that is switched off")}; compute in "
                    + $"float32, or in int8 with a model from 'rfdetr quantize'");
        if (wrong.Count > 0)
            throw new ArgumentException("CPU options: " + string.Join("; ", wrong));
        return this with
        {
            AssembleKernels = assemble,
            BFloat16Kernels = bfloat16,
            Threads = Threads == 0 ? Environment.ProcessorCount : Threads,
            InstructionSet = set,
        };
    }
}
