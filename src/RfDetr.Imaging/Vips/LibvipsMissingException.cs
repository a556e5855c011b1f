using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>
/// No usable libvips in this process; the message names the package to add, the inner exception what the loader said.
/// </summary>
public sealed class LibvipsMissingException : DllNotFoundException
{
    internal LibvipsMissingException(Exception? reason)
        : base($"libvips, which reads and writes images, could not be loaded on {RuntimeInformation.RuntimeIdentifier}. "
            + $"Add its package to the application: 'dotnet add package NetVips.Native'. ({FirstLine(reason)})", reason)
    {
    }

    internal LibvipsMissingException(string found, string needed)
        : base($"libvips {found} was found, but version {needed} or later is needed to read untrusted images. Add its package to the "
            + "application: 'dotnet add package NetVips.Native', or update the libvips of this system.")
    {
    }

    // The loader's message goes on for a page about search paths.
    private static string FirstLine(Exception? reason) =>
        (reason?.GetBaseException().Message ?? "no reason given").Split('\n', 2)[0].Trim();
}
