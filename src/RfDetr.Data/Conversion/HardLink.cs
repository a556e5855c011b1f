using System.ComponentModel;
using System.Runtime.InteropServices;

namespace RfDetr.Data;

/// <summary>
/// A second name for a file. Unlike a symbolic link it leads nowhere, so that a data set of such names is as closed as one of
/// copies.
/// </summary>
internal static partial class HardLink
{
    /// <summary>Makes the name.</summary>
    /// <exception cref="IOException">The two places lie on different file systems, or this one has no hard links.</exception>
    public static void Create(string existing, string name)
    {
        // A symbolic link would get the second name, and not the file.
        string file = new FileInfo(existing).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(existing);
        bool made = OperatingSystem.IsWindows() ? CreateHardLink(name, file, 0) : Link(file, name) == 0;
        if (!made)
        {
            string reason = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
            throw new IOException(
                $"'{existing}' cannot be linked to from '{name}' ({reason}); both must lie on one drive: leave --link out to "
                + "copy");
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string existing, string name);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string name, string existing, nint security);
}
