namespace RfDetr.Cpu;

/// <summary>
/// A tile of rows × columns of int32 sums, all of which stay in registers. Every implementation adds the same integers; none
/// saturates.
/// </summary>
internal unsafe interface IDotTile
{
    static abstract int Rows { get; }

    static abstract int Columns { get; }

    /// <summary>Terms of a group of four bytes: two codes of 16 bits, or four of 8.</summary>
    static abstract int Group { get; }

    /// <summary>
    /// Number that codes of 0..255 are lowered by before they are stored, for instructions that take signed bytes only.
    /// </summary>
    static abstract int Bias { get; }

    /// <summary>
    /// c = a·b, or c += a·b; or, if a result is given, what these sums stand for goes there, and what c holds then is nobody's
    /// business.
    /// </summary>
    /// <param name="a">Rows of groups of codes, four bytes each, <paramref name="rowBytes"/> apart.</param>
    /// <param name="rowBytes">Distance of rows of a.</param>
    /// <param name="b">A packed panel of weights: groups times columns.</param>
    /// <param name="groups">Groups of terms.</param>
    /// <param name="c">Rows of sums, one after another.</param>
    /// <param name="add">Add to c instead of replacing it.</param>
    /// <param name="result">Target of the values, their scales, and addends: a whole tile. Null: sums go to c.</param>
    static abstract void Multiply(byte* a, nint rowBytes, sbyte* b, nint groups, int* c, bool add, Int8Tile* result = null);
}
