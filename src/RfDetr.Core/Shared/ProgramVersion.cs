using System.Reflection;

namespace RfDetr;

/// <summary>Versions as files, messages between processes and servers name them.</summary>
internal static class ProgramVersion
{
    /// <summary>The version of the part that holds a type, with its commit: <c>0.1.0+a9576c2</c>; empty if it has none.</summary>
    public static string Of(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
