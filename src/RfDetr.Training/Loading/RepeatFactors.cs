using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>How often each picture is to be seen so that rare classes are seen enough (Gupta et al., LVIS, 2019, equation of section 5.1).</summary>
internal static class RepeatFactors
{
    /// <summary>
    /// One factor a picture, at least 1: the greatest over its classes of <c>max(1, √(threshold / f))</c>, f the share of pictures that hold the class.
    /// </summary>
    public static double[] Of(DataSplit split, double threshold)
    {
        double[] byClass = new double[split.Classes.LogitCount];
        foreach (LabelledPicture picture in split.Pictures)
        {
            foreach (int index in Present(picture))
                byClass[index]++;
        }

        for (int i = 0; i < byClass.Length; i++)
            byClass[i] = byClass[i] > 0 ? Math.Max(1, Math.Sqrt(threshold * split.Pictures.Count / byClass[i])) : 1;
        return [.. split.Pictures.Select(picture => Present(picture).Select(index => byClass[index]).DefaultIfEmpty(1).Max())];
    }

    private static IEnumerable<int> Present(LabelledPicture picture) => picture.Objects.Where(o => !o.IsCrowd).Select(o => o.ClassIndex).Distinct();
}
