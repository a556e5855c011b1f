using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

public class StatisticsTests
{
    [Fact]
    public void Counts_by_class_and_size()
    {
        using DataSetFolder folder = new DataSetFolder().Image("train/a.bmp").Coco("train", """
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 5], "area": 1023},
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 5, 10], "area": 1024, "segmentation": [[0, 0, 5, 0, 5, 9]]},
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 5, 5], "area": 9216},
            {"image_id": 1, "category_id": 2, "bbox": [0, 0, 5, 5], "iscrowd": 1}
            """);

        SplitStatistics s = SplitStatistics.Of(folder.Open().Split("train"));

        (s.Images, s.Empty, s.Objects, s.Crowds, s.WithMask).ShouldBe((1, 0, 3, 1, 1));
        s.PerImage.Median.ShouldBe(3);
        ClassStatistics cat = s.Classes[0];
        (cat.Objects, cat.Images, cat.Small, cat.Medium, cat.Large).ShouldBe((3, 1, 1, 1, 1));
        (cat.Aspect.Least, cat.Aspect.Median, cat.Aspect.Most).ShouldBe((0.5, 1, 2));
        cat.Size.Most.ShouldBe(0.5); // √(50 / 200)
        s.Classes[1].Objects.ShouldBe(0);
        s.Classes[1].Size.Count.ShouldBe(0);
    }

    [Fact]
    public void Quantiles_are_values_that_occur() =>
        Distribution.Of(Enumerable.Range(1, 10).Select(v => (double)v)).ShouldBe(new Distribution(10, 1, 1, 5, 9, 10, 5.5));
}
