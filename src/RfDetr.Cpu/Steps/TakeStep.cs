using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>Rows of a dense table by index, for each image from its own part of the table.</summary>
/// <param name="parts">Parts (images) of the table.</param>
/// <param name="perPart">Indices for each.</param>
/// <param name="tableRows">Rows of each part.</param>
/// <param name="rowBytes">Bytes of a row.</param>
/// <param name="itemBytes">Bytes of an element.</param>
/// <param name="table">The table.</param>
/// <param name="indices">Indices of the rows.</param>
/// <param name="y">Rows one after another.</param>
internal sealed unsafe class TakeStep(
    int parts, int perPart, int tableRows, int rowBytes, int itemBytes, Operand table, Operand indices, Operand y)
    : Step("gather")
{
    public override int Tasks => parts;

    public override void Execute(int task, in TaskContext context)
    {
        byte* from = Bytes(table, context) + (nint)task * tableRows * rowBytes,
        to = Bytes(y, context) + (nint)task * perPart * rowBytes;
        long* at = indices.Indices(context) + (nint)task * perPart;
        for (int i = 0; i < perPart; i++, to += rowBytes)
        {
            if ((ulong)at[i] >= (ulong)tableRows)
                Throw(at[i], tableRows);
            Buffer.MemoryCopy(from + (nint)at[i] * rowBytes, to, rowBytes, rowBytes);
        }
    }

    private byte* Bytes(Operand operand, in TaskContext context) =>
        itemBytes == sizeof(long) ? (byte*)operand.Indices(context) : (byte*)operand.At(context);

    [DoesNotReturn]
    private static void Throw(long index, int rows) => throw new ShapeException($"row index {index} lies outside 0..{rows - 1}");
}
