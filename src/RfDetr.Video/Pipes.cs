using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace RfDetr.Video;

/// <summary>
/// Pipes to other programs that hold a frame or more: Linux gives a pipe 64 KiB, and both ends wait for each other a dozen times
/// for every frame.
/// </summary>
internal static partial class Pipes
{
    private const int SetSize = 1031; // F_SETPIPE_SZ
    private const int Size = 1 << 20; // the most that an ordinary user may ask for

    /// <summary>Asks for a wide pipe. Where it is not to be had, the narrow one does.</summary>
    public static void Widen(Stream stream)
    {
        if (OperatingSystem.IsLinux() && stream is PipeStream { SafePipeHandle: var handle })
            _ = Control(handle, SetSize, Size);
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(SafeHandle handle, int command, nint argument);
}
