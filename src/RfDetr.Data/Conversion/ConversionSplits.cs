using System.Globalization;

namespace RfDetr.Data;

/// <summary>Names of splits in layouts that know train, val and test only.</summary>
internal static class ConversionSplits
{
    /// <summary>The new name of each split.</summary>
    /// <exception cref="DataSetFormatException">A split is none of the three, or two become one.</exception>
    public static Dictionary<DataSplit, string> Of(DataSet data, ConversionPlan plan)
    {
        var names = new Dictionary<DataSplit, string>();
        foreach (DataSplit split in data.Splits)
        {
            string name = SplitNames.Plain(split.Name) switch
            {
                "valid" => "val",
                LayoutFinder.SingleSplit => "train",
                string other => other,
            };
            if (name is not ("train" or "val" or "test"))
                throw plan.Refusal(
                    $"the split '{split.Name}' is none of train, val and test, which are all that layout {plan.Layout} knows.");
            if (names.FirstOrDefault(n => n.Value == name).Key is { } taken)
                throw plan.Refusal($"the splits '{taken.Name}' and '{split.Name}' would both become '{name}'.");
            names.Add(split, name);
        }

        return names;
    }

    /// <summary>
    /// Refuses one image that a split has twice: in layouts with a file for each image, the second would replace the first's
    /// objects.
    /// </summary>
    public static void CheckOnce(DataSplit split, ConversionPlan plan)
    {
        var known = new Dictionary<string, LabeledImage>(StringComparer.Ordinal);
        foreach (LabeledImage image in split.Images)
        {
            if (known.TryAdd(image.File, image))
                continue;
            throw plan.Refusal(string.Create(CultureInfo.InvariantCulture,
                $"the image '{image.Name}' is in '{split.Name}' under two ids, {known[image.File].Id} and {image.Id}; layout "
                + $"{plan.Layout} has one place for it."));
        }
    }
}
