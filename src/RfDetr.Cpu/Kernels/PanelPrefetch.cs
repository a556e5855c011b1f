using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Cpu;

/// <summary>Fetches a panel of weights from afar, a part with each tile of the panel before it.</summary>
internal unsafe ref struct PanelPrefetch
{
    private readonly byte* _end;
    private readonly nint _share;
    private byte* _next;

    /// <param name="panel">Where it begins.</param>
    /// <param name="bytes">Its bytes; 0 if there is none.</param>
    /// <param name="tiles">Tiles that are computed meanwhile, at least 1.</param>
    public PanelPrefetch(void* panel, nint bytes, int tiles)
    {
        _next = (byte*)panel;
        _end = _next + bytes;
        _share = bytes / tiles + Prefetch.Line;
    }

    /// <summary>Fetches one tile's part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Part()
    {
        if (!Sse.IsSupported)
            return;
        for (byte* to = (byte*)Math.Min((nint)(_next + _share), (nint)_end); _next < to; _next += Prefetch.Line)
            Sse.Prefetch1(_next);
    }
}
