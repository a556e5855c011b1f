namespace RfDetr.Cpu;

/// <summary>Indices of the k largest values of each dense row, largest first; of equal values the lower index first.</summary>
/// <remarks>
/// Each value and its index become one number whose order is the wanted one. A quickselect brings the first k to the front, and
/// only those are sorted.
/// </remarks>
internal sealed unsafe class TopKStep(int rows, int n, int k, Operand x, Operand y) : Step("top-k")
{
    public override int Tasks => k == 0 ? 0 : rows;

    public override int ScratchBytes => n * sizeof(ulong);

    public override void Execute(int task, in TaskContext context)
    {
        float* values = x.At(context) + (nint)task * n;
        var keys = new Span<ulong>((void*)context.Scratch, n);
        for (int i = 0; i < n; i++)
            keys[i] = ((ulong)Rank(values[i]) << 32) | (uint)i;
        Select(keys, k);
        keys[..k].Sort();
        long* to = y.Indices(context) + (nint)task * k;
        for (int i = 0; i < k; i++)
            to[i] = (uint)keys[i];
    }

    // Falls as the value rises; −0 and 0 are equal, what is no number comes last.
    private static uint Rank(float value)
    {
        if (float.IsNaN(value))
            return uint.MaxValue;
        uint bits = BitConverter.SingleToUInt32Bits(value + 0f);
        uint rising = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ~rising;
    }

    private static void Select(Span<ulong> keys, int k)
    {
        int low = 0, high = keys.Length - 1;
        while (k < keys.Length && low < high)
        {
            ulong pivot = Median(keys[low], keys[(low + high) / 2], keys[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (keys[i] < pivot)
                    i++;
                while (keys[j] > pivot)
                    j--;
                if (i <= j)
                {
                    (keys[i], keys[j]) = (keys[j], keys[i]);
                    i++;
                    j--;
                }
            }

            if (k - 1 <= j)
                high = j;
            else if (k - 1 >= i)
                low = i;
            else
                return;
        }
    }

    private static ulong Median(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
