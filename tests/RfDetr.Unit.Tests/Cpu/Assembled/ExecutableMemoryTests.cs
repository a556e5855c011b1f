using System.Runtime.InteropServices;
using Iced.Intel;
using RfDetr.Cpu;
using static Iced.Intel.AssemblerRegisters;

namespace RfDetr.Tests.Cpu.Assembled;

/// <summary>Code in memory of its own, called on this very processor.</summary>
public sealed unsafe class ExecutableMemoryTests
{
    [SkippableFact]
    public void Code_made_at_run_time_runs()
    {
        using ExecutableMemory? memory = Sum();
        ((delegate* unmanaged[SuppressGCTransition]<nint, nint, nint>)memory!.Start)(40, 2).ShouldBe(42);
    }

    [SkippableFact]
    public void It_is_never_writable_and_executable()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the list of a process's memory is Linux's");
        using ExecutableMemory? memory = Sum();
        // Memory of other tests beside it with the same rights is listed as one with it: the line that holds its address counts.
        ulong start = (ulong)memory!.Start;
        File.ReadAllLines("/proc/self/maps")
            .Single(line => Ends(line) is var (from, to) && from <= start && start < to).Split(' ')[1].ShouldBe("r-xp");
    }

    [SkippableFact]
    public void It_goes_with_its_owner()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the list of a process's memory is Linux's");
        for (int i = 0; i < 200; i++)
            Sum()!.Dispose();
        // Neighbors with the same rights would be listed as one.
        File.ReadAllLines("/proc/self/maps")
            .Where(l => l.Split(' ')[1] == "r-xp" && !l.Contains('/')).Select(Ends).Sum(e => (long)(e.To - e.From))
            .ShouldBeLessThan(100 * 4096);
    }

    [Fact]
    public void Tiles_are_there_where_processor_and_system_allow_them()
    {
        VnniTile.IsAvailable.ShouldBe(CpuFeatures.HasVnni512 && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()));
        if (VnniTile.IsAvailable)
            Int8Kernel.For(InstructionSet.Avx512).Name.ShouldBe("AVX-512 VNNI, assembled");
        if (InstructionSets.Available.Contains(InstructionSet.Avx512))
            Int8Kernel.For(InstructionSet.Avx512, assemble: false).Name.ShouldNotContain("assembled");
        else
            (CpuFeatures.HasVnni512 || CpuFeatures.HasBFloat16).ShouldBeFalse();
    }

    private static (ulong From, ulong To) Ends(string line)
    {
        ulong[] ends = [.. line.Split(' ')[0].Split('-').Select(e => Convert.ToUInt64(e, 16))];
        return (ends[0], ends[1]);
    }

    private static ExecutableMemory? Sum()
    {
        Skip.IfNot(
            RuntimeInformation.ProcessArchitecture == Architecture.X64
                && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()),
            "machine code of x64 on Linux or Windows");
        var a = new Assembler(64);
        a.lea(rax, OperatingSystem.IsWindows() ? __[rcx + rdx] : __[rdi + rsi]);
        a.ret();
        using var code = new MemoryStream();
        _ = a.Assemble(new StreamCodeWriter(code), 0);
        ExecutableMemory? memory = ExecutableMemory.TryCreate(code.ToArray());
        return memory.ShouldNotBeNull("this system forbids code made at run time");
    }
}
