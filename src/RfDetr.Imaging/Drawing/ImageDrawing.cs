namespace RfDetr;

/// <summary>Drawing on images: <c>image.Draw(annotations)</c>. Detections draw themselves by <c>found.Draw(image)</c>.</summary>
public static class ImageDrawing
{
    extension(Image image)
    {
        /// <summary>A copy of the image with annotations drawn on it: masks below, then boxes, then labels.</summary>
        /// <param name="annotations">Best first: the first ones lie on top and choose the places of their labels first.</param>
        /// <param name="options">Appearance of the drawing; null for the defaults.</param>
        /// <returns>An image of the same size with memory of its own; the caller disposes it.</returns>
        /// <exception cref="ArgumentException">A mask has another size than the image.</exception>
        /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
        public Image Draw(IReadOnlyList<Annotation> annotations, DrawOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(image);
            Canvas canvas = Canvas.CopyOf(image.Frame);
            Painter.Draw(canvas, annotations, options ?? DrawOptions.Default, SystemLabels.Instance);
            return canvas.ToImage();
        }

        /// <summary>A copy of the image, shrunk by the smallest whole number that makes both sides fit.</summary>
        /// <remarks>
        /// A pixel is the mean of a square; what is left over at the right and at the bottom is cut off. Good enough for the
        /// images of a
        /// report; the network's input is resized by the model's own rule.
        /// </remarks>
        /// <param name="maxSide">Most pixels a side, at least 1.</param>
        internal Image Shrink(int maxSide)
        {
            int factor = (Math.Max(image.Width, image.Height) + maxSide - 1) / maxSide;
            if (factor == 1)
                return Image.FromPixels(image.Frame);
            PixelFrame large = image.Frame;
            (int stepX, int stepY) = (Math.Min(factor, large.Width), Math.Min(factor, large.Height));
            var small = new Canvas(large.Width / stepX, large.Height / stepY);
            for (int y = 0; y < small.Height; y++)
            {
                Span<byte> target = small.Row(y);
                for (int i = 0; i < target.Length; i++)
                {
                    int first = i / 3 * stepX * 3 + i % 3, sum = 0;
                    for (int row = 0; row < stepY; row++)
                    {
                        ReadOnlySpan<byte> source = large.Row(y * stepY + row);
                        for (int column = 0; column < stepX; column++)
                            sum += source[first + column * 3];
                    }

                    target[i] = (byte)((sum + stepX * stepY / 2) / (stepX * stepY));
                }
            }

            GC.KeepAlive(image);
            return small.ToImage();
        }
    }
}
