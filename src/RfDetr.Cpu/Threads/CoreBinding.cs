using System.Runtime.InteropServices;

namespace RfDetr.Cpu;

/// <summary>Binds threads to processors, where the operating system has a call for it.</summary>
internal static unsafe partial class CoreBinding
{
    private const int MaskBytes = 128;

    /// <summary>Binds the calling thread; does nothing where that is not possible.</summary>
    public static void BindCurrentThread(int core)
    {
        if (OperatingSystem.IsLinux())
        {
            byte* mask = stackalloc byte[MaskBytes];
            new Span<byte>(mask, MaskBytes).Clear();
            mask[core / 8] = (byte)(1 << (core % 8));
            _ = SetAffinity(0, MaskBytes, mask);
        }
        else if (OperatingSystem.IsWindows() && core < nint.Size * 8)
        {
            _ = SetThreadAffinityMask(GetCurrentThread(), (nuint)1 << core);
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint size, byte* mask);

    [LibraryImport("kernel32")]
    private static partial nint GetCurrentThread();

    [LibraryImport("kernel32")]
    private static partial nuint SetThreadAffinityMask(nint thread, nuint mask);
}
