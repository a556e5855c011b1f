namespace RfDetr.Data;

/// <summary>Sizes of images whose annotations give none: read from the headers of the images, on all cores.</summary>
internal static class OwnSizes
{
    /// <summary>The images with their sizes; one whose header cannot be read is a problem and left out.</summary>
    /// <param name="images">The images; width or height 0 means unknown.</param>
    /// <param name="source">The file of their annotations.</param>
    /// <param name="problems">Receives the problems, and the images that had no size as flaws.</param>
    /// <param name="complete">Makes the image of a known size, given its position in the list.</param>
    public static List<LabeledImage> Fill(
        List<LabeledImage> images, string source, ProblemList problems, Func<int, LabeledImage, LabeledImage> complete)
    {
        int[] unknown = [.. Enumerable.Range(0, images.Count).Where(i => images[i].Width <= 0 || images[i].Height <= 0)];
        if (unknown.Length == 0)
            return images;
        var sized = new LabeledImage?[images.Count];
        var failures = new DataSetFormatException?[images.Count];
        ManyAtOnce.For(unknown.Length, n =>
        {
            int i = unknown[n];
            try
            {
                ImageInfo info = ImageInfo.Read(images[i].File);
                sized[i] = complete(i, images[i] with { Width = info.Width, Height = info.Height });
            }
            catch (ImageContentException e)
            {
                failures[i] = new DataSetFormatException(
                    source, $"has no size of '{images[i].Name}', and the image itself is of no help: {e.Message}", e);
            }
            catch (DataSetFormatException e)
            {
                failures[i] = e;
            }
        });
        var result = new List<LabeledImage>(images.Count);
        for (int i = 0; i < images.Count; i++)
        {
            if (failures[i] is { } failure)
                problems.Add(failure);
            else
                result.Add(sized[i] ?? images[i]);
            if (sized[i] is { } found)
                problems.Flaw(
                    DataFlaw.MissingSize, source, Invariant.Text($"{found.Name} is {found.Width}×{found.Height}"));
        }

        return result;
    }
}
