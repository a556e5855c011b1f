using System.Text;

namespace RfDetr;

public sealed partial class RleMask
{
    private const int Offset = 48;          // '0'
    private const int PayloadBits = 5;
    private const int PayloadMask = 0x1f;
    private const int SignBit = 0x10;
    private const int MoreBit = 0x20;

    /// <summary>
    /// COCO's compressed string, character for character as pycocotools writes it: from the fourth run on the difference to
    /// the run two before, in groups of five bits from the lowest, each as a character from '0' on.
    /// </summary>
    public string ToCompressedString()
    {
        var text = new StringBuilder(_counts.Length * 2);
        for (int i = 0; i < _counts.Length; i++)
        {
            long value = i > 2 ? (long)_counts[i] - _counts[i - 2] : _counts[i];
            bool more = true;
            while (more)
            {
                int group = (int)(value & PayloadMask);
                value >>= PayloadBits;
                // The last group's sign bit must agree with the rest, or the reader would extend it wrongly.
                more = (group & SignBit) != 0 ? value != -1 : value != 0;
                _ = text.Append((char)((more ? group | MoreBit : group) + Offset));
            }
        }

        return text.ToString();
    }

    /// <summary>Reads COCO's compressed string.</summary>
    /// <param name="height">Rows: the first entry of COCO's <c>size</c>.</param>
    /// <param name="width">Columns: its second entry.</param>
    /// <param name="text">The string; may come from anywhere.</param>
    /// <exception cref="AnnotationFormatException">
    /// It is malformed, or its runs do not add up to <c>height · width</c>.
    /// </exception>
    public static RleMask Parse(int height, int width, ReadOnlySpan<char> text)
    {
        long pixels = CheckSize(height, width);
        var builder = new RleBuilder(height, width, Math.Min(text.Length, 256));
        long total = 0, last = 0, secondLast = 0;
        for (int at = 0, index = 0; at < text.Length; index++)
        {
            long run = ReadNumber(text, ref at) + (index > 2 ? secondLast : 0);
            if (run < 0 || run > pixels - total)
                throw RleErrors.BadRun(index, run, pixels - total, height, width);
            if (index > 0)
                builder.Toggle(total);
            total += run;
            (secondLast, last) = (last, run);
        }

        return total == pixels ? builder.Build() : throw RleErrors.WrongTotal(total, height, width);
    }

    private static long ReadNumber(ReadOnlySpan<char> text, ref int at)
    {
        long value = 0;
        for (int shift = 0; at < text.Length; shift += PayloadBits)
        {
            int group = text[at] - Offset;
            if (group is < 0 or > (PayloadMask | MoreBit))
                throw RleErrors.BadCharacter(at, text[at]);
            if (shift > 30)
                throw RleErrors.NumberTooLong(at);
            at++;
            value |= (long)(group & PayloadMask) << shift;
            if ((group & MoreBit) != 0)
                continue;
            return (group & SignBit) != 0 ? value | (-1L << (shift + PayloadBits)) : value;
        }

        throw RleErrors.Truncated(text.Length);
    }
}
