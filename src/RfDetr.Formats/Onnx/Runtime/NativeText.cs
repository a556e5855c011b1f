using System.Runtime.InteropServices;

namespace RfDetr.Onnx;

/// <summary>Zero-terminated copies of strings for native calls: UTF-8, or for paths the platform's own encoding.</summary>
internal sealed class NativeText : IDisposable
{
    private readonly List<nint> _blocks = [];

    /// <summary>UTF-8, as all names and options are.</summary>
    public nint Utf8(string text)
    {
        nint block = Marshal.StringToCoTaskMemUTF8(text);
        _blocks.Add(block);
        return block;
    }

    /// <summary>A path: UTF-16 on Windows, UTF-8 elsewhere (the header's ORTCHAR_T).</summary>
    public nint Path(string path)
    {
        if (!OperatingSystem.IsWindows())
            return Utf8(path);
        nint block = Marshal.StringToCoTaskMemUni(path);
        _blocks.Add(block);
        return block;
    }

    /// <summary>Several UTF-8 strings.</summary>
    public nint[] Utf8(IEnumerable<string> texts) => [.. texts.Select(Utf8)];

    public void Dispose()
    {
        foreach (nint block in _blocks)
            Marshal.FreeCoTaskMem(block);
        _blocks.Clear();
    }
}
