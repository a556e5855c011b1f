using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>
/// Number of times that each image is to be seen so that rare classes are seen enough (Gupta et al., LVIS, 2019, equation of
/// section 5.1).
/// </summary>
internal static class RepeatFactors
{
    /// <summary>
    /// One factor an image, at least 1: the greatest over its classes of <c>max(1, √(threshold / f))</c>, f the share of images
    /// that hold the class.
    /// </summary>
    public static double[] Of(DataSplit split, double threshold)
    {
        double[] byClass = new double[split.Classes.LogitCount];
        foreach (LabeledImage image in split.Images)
        {
            foreach (int index in Present(image))
                byClass[index]++;
        }

        for (int i = 0; i < byClass.Length; i++)
            byClass[i] = byClass[i] > 0 ? Math.Max(1, Math.Sqrt(threshold * split.Images.Count / byClass[i])) : 1;
        return [.. split.Images.Select(image => Present(image).Select(index => byClass[index]).DefaultIfEmpty(1).Max())];
    }

    private static IEnumerable<int> Present(LabeledImage image) =>
        image.Objects.Where(o => !o.IsCrowd).Select(o => o.ClassIndex).Distinct();
}
