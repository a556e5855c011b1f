using System.Buffers;

namespace RfDetr;

/// <summary>
/// Turns the mask logits of a query into a mask of the image's size: bilinear upsampling (<c>align_corners = false</c>),
/// mask where the value is greater than 0, over the whole image (the reference does not crop to the box).
/// </summary>
/// <remarks>
/// <para>
/// The upsampled image is never built. An image column lies between two logit columns; their mix is one value per logit
/// row, and between two rows the value changes monotonically (also after rounding), so there is one switch exactly where
/// two neighboring rows differ in sign, found by bisection with the same arithmetic. Where two logit columns hold nothing
/// positive, nothing between them is: such columns cost a test. The result equals that of upsampling every pixel,
/// except that logits below 1e-38 in size may fall either way.
/// </para>
/// <para>A NaN counts as background. Make one decoder per image size and share it: it is immutable and thread-safe.</para>
/// </remarks>
internal sealed class MaskDecoder
{
    private readonly BilinearAxis _rows;
    private readonly BilinearAxis _columns;

    /// <summary>Prepares for masks and images of the given sizes.</summary>
    /// <param name="maskHeight">Rows of the logits.</param>
    /// <param name="maskWidth">Columns of the logits.</param>
    /// <param name="imageHeight">Rows of the image.</param>
    /// <param name="imageWidth">Columns of the image.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the product of two exceeds 2³¹−1.</exception>
    public MaskDecoder(int maskHeight, int maskWidth, int imageHeight, int imageWidth)
    {
        Check(maskHeight, maskWidth, "mask");
        Check(imageHeight, imageWidth, "image");
        _rows = new BilinearAxis(maskHeight, imageHeight);
        _columns = new BilinearAxis(maskWidth, imageWidth);
    }

    /// <summary>Decodes one mask.</summary>
    /// <param name="logits"><c>[maskHeight, maskWidth]</c>, row-major.</param>
    /// <param name="within">Only pixels in this rectangle may become mask (for instance the box's); null for all.</param>
    /// <exception cref="ArgumentException">The number of logits is wrong.</exception>
    public RleMask Decode(ReadOnlySpan<float> logits, PixelRect? within = null)
    {
        if (logits.Length != _rows.Inputs * _columns.Inputs)
            throw new ArgumentException(
                $"There are {logits.Length} mask logits, but this decoder is for {_rows.Inputs}×{_columns.Inputs}.",
                nameof(logits));

        var image = new PixelRect(0, 0, _columns.Outputs, _rows.Outputs);
        PixelRect window = within?.Intersect(image) ?? image;
        var builder = new RleBuilder(_rows.Outputs, _columns.Outputs, 4 * window.Width);
        float[] scratch = ArrayPool<float>.Shared.Rent(MaskColumns.ScratchLength(_rows.Inputs, _columns.Inputs));
        try
        {
            var columns = new MaskColumns(logits, _rows.Inputs, _columns.Inputs, scratch);
            for (int x = window.X; x < window.Right; x++)
            {
                if (columns.Mix(_columns.Lower(x), _columns.Upper(x), _columns.UpperWeight(x)))
                    AddColumn(ref builder, columns, x, window.Y, window.Bottom);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scratch);
        }

        return builder.Build();
    }

    /// <summary>Adds the switches of one column; those outside the window gather at its edge, where pairs cancel.</summary>
    private void AddColumn(ref RleBuilder builder, in MaskColumns columns, int x, int top, int bottom)
    {
        long origin = (long)x * _rows.Outputs;
        if (columns.IsPositive(0))
            builder.Toggle(origin + top);
        for (int row = columns.NextChange(0); row >= 0; row = columns.NextChange(row + 1))
            builder.Toggle(origin + Math.Clamp(Switch(columns.Mixed, row), top, bottom));
        if (builder.Inside)
            builder.Toggle(origin + bottom);
    }

    /// <summary>The first output between logit rows <paramref name="row"/> and the next that has the sign of the next.</summary>
    private int Switch(ReadOnlySpan<float> mixed, int row)
    {
        float lower = mixed[row], upper = mixed[row + 1];
        bool rising = upper > 0;
        int first = _rows.FirstOutput(row), end = _rows.FirstOutput(row + 1);
        while (first < end)
        {
            int middle = (first + end) >>> 1;
            if (_rows.Interpolate(lower, upper, middle) > 0 == rising)
                end = middle;
            else
                first = middle + 1;
        }

        return first;
    }

    private static void Check(int height, int width, string what)
    {
        if (height <= 0 || width <= 0 || (long)height * width > int.MaxValue)
            throw new ArgumentException(
                $"A {what} of {height}×{width} (height × width) cannot be decoded; both must be positive and the product "
                    + $"at most {int.MaxValue}.");
    }
}
