namespace RfDetr.Cpu;

/// <summary>
/// The panel of weights that comes next, fetched from afar bit by bit while the present one is multiplied: asked for all at once,
/// its lines would fill the core's list of what it waits for, and the product with them.
/// </summary>
internal unsafe struct PanelPrefetch
{
    /// <summary>Address to fetch next; <see cref="Step"/> is the distance to the one after it.</summary>
    public byte* Next;

    public readonly nint Step;

    /// <param name="panel">Beginning of the panel.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="turns">Turns of loops that pass meanwhile.</param>
    public PanelPrefetch(void* panel, nint bytes, nint turns)
    {
        Next = (byte*)panel;
        Step = bytes / Math.Max(turns, 1) + 1;
    }

    private PanelPrefetch(void* any) => Next = (byte*)any;

    /// <summary>Nothing is to be fetched: an address that is in the cache anyway, again and again.</summary>
    public static PanelPrefetch None(void* present) => new(present);

    /// <summary>Fetches the part of so many turns at once, for tiles that cannot do it within their loop.</summary>
    public void Advance(nint turns)
    {
        byte* end = Next + turns * Step;
        for (; Next < end; Next += Prefetch.Line)
            Prefetch.Far(Next);
        Next = end;
    }
}
