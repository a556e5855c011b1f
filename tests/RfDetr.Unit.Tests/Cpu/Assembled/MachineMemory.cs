namespace RfDetr.Tests.Cpu.Assembled;

/// <summary>The stretches of memory that code under test may touch.</summary>
internal sealed unsafe class MachineMemory
{
    private readonly List<(ulong Start, ulong Bytes, bool CanWrite)> _lent = [];

    public void Lend(void* start, nint bytes, bool canWrite) => _lent.Add(((ulong)start, (ulong)bytes, canWrite));

    public void LendRows(byte* start, nint step, int rows, nint bytes, bool canWrite)
    {
        for (int row = 0; row < rows; row++)
            Lend(start + row * step, bytes, canWrite);
    }

    public void* At(ulong address, int bytes, bool isWrite)
    {
        foreach ((ulong start, ulong length, bool canWrite) in _lent)
        {
            if (address >= start && address + (ulong)bytes <= start + length && (canWrite || !isWrite))
                return (void*)address;
        }

        throw new InvalidOperationException(
            $"{bytes} bytes {(isWrite ? "written" : "read")} at {address:x}, outside "
                + $"{string.Join(", ", _lent.Select(l => $"{l.Start:x}+{l.Bytes}"))}");
    }
}
