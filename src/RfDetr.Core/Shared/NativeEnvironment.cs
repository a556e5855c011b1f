using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>Environment variables as native libraries see them.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable unless the user has set it, as <see cref="Set"/> does.</summary>
    public static void SetDefault(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null)
            Set(name, value);
    }

    /// <summary>Sets a variable for this process, .NET and native code alike.</summary>
    /// <remarks>On Unix .NET works on a copy of the environment, which the libraries' own <c>getenv</c> does not see.</remarks>
    public static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows())
            _ = SetVariable(name, value, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
