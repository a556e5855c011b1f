namespace RfDetr;

/// <summary>Drawing of results: <c>using Image drawn = found.Draw(image); drawn.Save("found.jpg");</c>.</summary>
public static class DetectionDrawing
{
    extension(Detections found)
    {
        /// <summary>
        /// A copy of the image with everything that was found drawn on it: masks below, then boxes, then labels.
        /// </summary>
        /// <remarks>
        /// To choose labels or colors one by one, draw the annotations yourself:
        /// <c>image.Draw([.. found.Items.Select(d => d.ToAnnotation() with { Color = … })])</c>.
        /// </remarks>
        /// <param name="image">The image in which the objects were found.</param>
        /// <param name="options">Appearance of the drawing; null for the defaults.</param>
        /// <returns>An image of the same size with memory of its own; the caller disposes it.</returns>
        /// <exception cref="ArgumentException">The image is not of the size in which the objects were found.</exception>
        /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
        public Image Draw(Image image, DrawOptions? options = null)
        {
            ArgumentNullException.ThrowIfNull(found);
            ArgumentNullException.ThrowIfNull(image);
            if (image.Width != found.Width || image.Height != found.Height)
            {
                throw new ArgumentException(
                    $"The objects were found in an image of {found.Width}×{found.Height}, but this one is "
                    + $"{image.Width}×{image.Height} (width × height); draw on the image that was given to the detector.",
                    nameof(image));
            }

            return image.Draw([.. found.Items.Select(detection => detection.ToAnnotation())], options);
        }
    }

    extension(Detection detection)
    {
        /// <summary>
        /// The detection as it is drawn: its box and mask, and a label of its class name and score, such as <c>dog 0.87</c>.
        /// </summary>
        public Annotation ToAnnotation()
        {
            ArgumentNullException.ThrowIfNull(detection);
            string label = Invariant.Text($"{detection.ClassName} {detection.Score:0.00}");
            return new Annotation(detection.Box, detection.ClassId, label, detection.Mask);
        }
    }
}
