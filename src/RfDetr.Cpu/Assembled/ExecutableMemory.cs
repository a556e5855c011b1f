using System.Runtime.InteropServices;

namespace RfDetr.Cpu;

/// <summary>
/// Machine code in memory of its own: written first, then made readable and executable, never writable and executable at once.
/// Freed by its one owner. Linux and Windows; a system that forbids such memory is one without it, not one that fails.
/// </summary>
internal sealed unsafe partial class ExecutableMemory : SafeHandle
{
    private const int Read = 1, Write = 2, Execute = 4, Private = 2, Anonymous = 0x20;
    private const uint Commit = 0x1000, Reserve = 0x2000, Release = 0x8000, ReadWrite = 4, ReadExecute = 0x20;
    private readonly nuint _bytes;

    private ExecutableMemory(nint start, nuint bytes)
        : base(0, ownsHandle: true)
    {
        _bytes = bytes;
        SetHandle(start);
    }

    /// <summary>First instruction.</summary>
    public nint Start => handle;

    public override bool IsInvalid => handle == 0;

    /// <summary>Code that may be called; null where the system allows none.</summary>
    public static ExecutableMemory? TryCreate(ReadOnlySpan<byte> code)
    {
        try
        {
            return OperatingSystem.IsLinux() ? OnLinux(code) : OperatingSystem.IsWindows() ? OnWindows(code) : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    protected override bool ReleaseHandle() =>
        OperatingSystem.IsWindows() ? VirtualFree(handle, 0, Release) : Unmap(handle, _bytes) == 0;

    private static ExecutableMemory? OnLinux(ReadOnlySpan<byte> code)
    {
        nuint bytes = (nuint)code.Length;
        nint start = Map(0, bytes, Read | Write, Private | Anonymous, -1, 0);
        if (start is -1 or 0)
            return null;
        var memory = new ExecutableMemory(start, bytes);
        code.CopyTo(new Span<byte>((void*)start, code.Length));
        return memory.IfAllowed(Protect(start, bytes, Read | Execute) == 0);
    }

    private static ExecutableMemory? OnWindows(ReadOnlySpan<byte> code)
    {
        nuint bytes = (nuint)code.Length;
        nint start = VirtualAlloc(0, bytes, Commit | Reserve, ReadWrite);
        if (start == 0)
            return null;
        var memory = new ExecutableMemory(start, bytes);
        code.CopyTo(new Span<byte>((void*)start, code.Length));
        return memory.IfAllowed(
            VirtualProtect(start, bytes, ReadExecute, out _) && FlushInstructionCache(GetCurrentProcess(), start, bytes));
    }

    private ExecutableMemory? IfAllowed(bool isAllowed)
    {
        if (isAllowed)
            return this;
        Dispose();
        return null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint at, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint at, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint at, nuint bytes);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint at, nuint bytes, uint kind, uint protection);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualProtect(nint at, nuint bytes, uint protection, out uint before);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(nint at, nuint bytes, uint kind);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushInstructionCache(nint process, nint at, nuint bytes);

    [LibraryImport("kernel32")]
    private static partial nint GetCurrentProcess();
}
