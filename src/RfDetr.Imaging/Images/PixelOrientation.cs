namespace RfDetr;

/// <summary>The eight EXIF orientations (TIFF tag 274), applied to RGB bytes.</summary>
internal static unsafe class PixelOrientation
{
    private const int Pixel = 3;

    /// <summary>5–8 exchange rows and columns.</summary>
    public static bool SwapsSides(int orientation) => orientation is >= 5 and <= 8;

    /// <summary>Takes over <paramref name="memory"/>, turns it upright and makes an image of it.</summary>
    public static Image Apply(PixelMemory memory, int width, int height, int orientation)
    {
        if (orientation is < 2 or > 8)
            return new Image(memory, width, height);
        using (memory)
        {
            PixelMemory upright = PixelMemory.Allocate(memory.Length);
            if (SwapsSides(orientation))
                (width, height) = (height, width);
            Copy(memory.Pointer, upright.Pointer, width, height, orientation);
            return new Image(upright, width, height);
        }
    }

    // For an upright pixel (x, y), `first` is where (0, 0) lies in the stored image and the steps say where x and y lead.
    private static void Copy(byte* stored, byte* upright, int width, int height, int orientation)
    {
        long storedWidth = SwapsSides(orientation) ? height : width;
        long lastX = width - 1, lastY = height - 1;
        (long first, long stepX, long stepY) = orientation switch
        {
            2 => (lastX, -1L, storedWidth),                                   // mirrored left to right
            3 => (lastY * storedWidth + lastX, -1L, -storedWidth),            // half a turn
            4 => (lastY * storedWidth, 1L, -storedWidth),                     // mirrored top to bottom
            5 => (0L, storedWidth, 1L),                                       // transposed
            6 => (lastX * storedWidth, -storedWidth, 1L),                     // to be turned a quarter clockwise
            7 => (lastX * storedWidth + lastY, -storedWidth, -1L),            // transposed over the other diagonal
            8 => (lastY, storedWidth, -1L),                                   // to be turned a quarter anticlockwise
            _ => (0L, 1L, storedWidth),
        };
        // In blocks: a transposed row would touch a new cache line at each pixel.
        const int Block = 32;
        for (int y0 = 0; y0 < height; y0 += Block)
        {
            for (int x0 = 0; x0 < width; x0 += Block)
            {
                (int x1, int y1) = (Math.Min(x0 + Block, width), Math.Min(y0 + Block, height));
                CopyBlock(stored, upright, width, first, stepX, stepY, x0, x1, y0, y1);
            }
        }
    }

    private static void CopyBlock(
        byte* stored, byte* upright, int width, long first, long stepX, long stepY, int x0, int x1, int y0, int y1)
    {
        for (int y = y0; y < y1; y++)
        {
            byte* from = stored + (first + x0 * stepX + y * stepY) * Pixel;
            byte* to = upright + ((long)y * width + x0) * Pixel;
            for (int x = x0; x < x1; x++, from += stepX * Pixel, to += Pixel)
            {
                to[0] = from[0];
                to[1] = from[1];
                to[2] = from[2];
            }
        }
    }
}
