using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>
/// No usable libvips in this process; the message names the package to add, the inner exception what the loader said.
/// </summary>
public sealed class LibvipsMissingException : RfDetrException
{
    internal LibvipsMissingException(Exception? reason)
        : base($"libvips, which reads and writes images, could not be loaded on {RuntimeInformation.RuntimeIdentifier}. "
            + $"Add its package to the application: 'dotnet add package NetVips.Native'. ({FirstSentence(reason)})", reason)
    {
    }

    internal LibvipsMissingException(string found, string needed)
        : base($"libvips {found} was found, but version {needed} or later is needed to read untrusted images. "
            + "Add its package to the application: 'dotnet add package NetVips.Native', or update the libvips of this system.")
    {
    }

    // The first sentence; the loader's message goes on for a page about search paths.
    private static string FirstSentence(Exception? reason)
    {
        string text = reason?.GetBaseException().Message.Split('\n', 2)[0].Trim() ?? "no reason given";
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? text : text[..(end + 1)];
    }
}
