using CsCheck;
using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

/// <summary>
/// A data set that is converted and read back equals the one that went in, or is refused without a trace: for every pair of
/// layouts, over data sets that nobody thought of.
/// </summary>
public class ConversionPropertyTests
{
    private const int Sets = 60;

    public static TheoryData<DataSetLayout, DataSetLayout> Pairs
    {
        get
        {
            var pairs = new TheoryData<DataSetLayout, DataSetLayout>();
            foreach (DataSetLayout from in Enum.GetValues<DataSetLayout>())
            {
                foreach (DataSetLayout to in Enum.GetValues<DataSetLayout>().Where(to => to != DataSetLayout.Coco)) // read only
                    pairs.Add(from, to);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Nothing_is_lost(DataSetLayout from, DataSetLayout to)
    {
        (int kept, int refused) = (0, 0);
        GeneratedSets.Sets.Sample(
            set =>
            {
                using var folder = new DataSetFolder();
                set.Write(folder, "in", original: from == DataSetLayout.Coco);
                DataSet.Open(folder.At("in")).Layout.ShouldBe(
                    from == DataSetLayout.Coco ? DataSetLayout.Coco : DataSetLayout.RoboflowCoco);
                bool converted = from == DataSetLayout.Coco
                    ? Step(folder, "in", "second", to)
                    : Step(folder, "in", "first", from) && Step(folder, "first", "second", to);
                Interlocked.Increment(ref converted ? ref kept : ref refused);
            },
            iter: Sets, threads: 1);

        kept.ShouldBeGreaterThan(0);
        refused.ShouldBeLessThan(Sets);
    }

    /// <summary>Converts and compares; false if the conversion was refused.</summary>
    private static bool Step(DataSetFolder folder, string source, string target, DataSetLayout to)
    {
        DataSet before = DataSet.Open(folder.At(source));
        try
        {
            DataConverter.Convert(before, folder.At(target), new ConversionOptions { To = to, AllowLoss = true });
        }
        catch (DataSetFormatException e)
        {
            e.Message.ShouldEndWith("Nothing was written.");
            Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName)
                .ShouldNotContain(name => name!.Contains(target));
            return false;
        }

        DataSet after = DataSet.Open(folder.At(target));
        after.Warnings.ShouldBeEmpty();
        after.Classes.Select(c => c.Name).ShouldBe(before.Classes.Select(c => c.Name));
        Dictionary<string, LabeledImage> found = after.Splits.SelectMany(s => s.Images)
            .ToDictionary(i => Convert.ToHexString(File.ReadAllBytes(i.File)));
        foreach (DataSplit split in before.Splits)
        {
            foreach (LabeledImage image in split.Images)
            {
                LabeledImage read = found[Convert.ToHexString(File.ReadAllBytes(image.File))];
                after.Split(split.Name).Images.ShouldContain(read);
                Compare(image, read, to);
            }
        }

        found.Count.ShouldBe(before.Splits.Sum(s => s.Images.Count));
        return true;
    }

    private static void Compare(LabeledImage before, LabeledImage after, DataSetLayout to)
    {
        LabeledObject[] kept = [.. before.Objects.Where(o => to != DataSetLayout.Yolo || !o.IsCrowd)];
        after.Objects.Count.ShouldBe(kept.Length);
        foreach ((LabeledObject a, LabeledObject b) in kept.Zip(after.Objects))
        {
            b.ClassIndex.ShouldBe(a.ClassIndex);
            b.IsCrowd.ShouldBe(a.IsCrowd);
            ((double[])[b.Box.X - a.Box.X, b.Box.Y - a.Box.Y, b.Box.Width - a.Box.Width, b.Box.Height - a.Box.Height])
                .Max(Math.Abs).ShouldBeLessThan(0.01);
            if (to == DataSetLayout.RoboflowCoco)
                (b.Mask(after)?.Equals(a.Mask(before))).ShouldBe(a.Segmentation is null ? null : true);
            else if (to == DataSetLayout.Yolo && b.Segmentation is not null)
                MaskIsTheSameWithinTheBox(a, before, b, after);
        }
    }

    private static void MaskIsTheSameWithinTheBox(LabeledObject a, LabeledImage before, LabeledObject b, LabeledImage after)
    {
        RleMask expected = a.Mask(before)!.Intersect(
            RleMask.FromBox(before.Height, before.Width, a.Box.ToXyxy())), found = b.Mask(after)!;
        long difference = expected.Area + found.Area - 2 * expected.IntersectionArea(found);
        ((double)difference).ShouldBeLessThanOrEqualTo(6 + a.Box.Width + a.Box.Height); // half a pixel along the box
    }
}
