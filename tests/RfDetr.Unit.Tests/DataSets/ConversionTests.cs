using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

public class ConversionTests
{
    private const string Objects = """
        {"id": 11, "image_id": 1, "category_id": 7, "bbox": [1.25, 2, 3.5, 4], "area": 9.5, "segmentation": [[1.25, 2, 4.75, 2, 4.75, 6, 1.25, 6]]},
        {"id": 12, "image_id": 1, "category_id": 3, "bbox": [2, 1, 16, 8], "area": 60, "segmentation": [[2, 1, 8, 1, 8, 9, 2, 9], [12, 1, 18, 1, 18, 9]]},
        {"id": 13, "image_id": 1, "category_id": 3, "bbox": [0, 0, 4, 4], "area": 16, "iscrowd": 1, "segmentation": {"size": [10, 20], "counts": [0, 4, 6, 4, 186]}}
        """;

    [Theory]
    [InlineData(DataSetLayout.RoboflowCoco)]
    [InlineData(DataSetLayout.Yolo)]
    [InlineData(DataSetLayout.Voc)]
    public void What_is_converted_opens_again(DataSetLayout to)
    {
        using DataSetFolder folder = Source();
        DataSet before = DataSet.Open(folder.At("in"));

        ConversionReport report = DataConverter.Convert(before, folder.At("out"), new ConversionOptions { To = to });
        DataSet after = DataSet.Open(folder.At("out"));

        after.Layout.ShouldBe(to);
        report.Images.ShouldBe(2);
        after.Classes.Select(c => c.Name).ShouldBe(before.Classes.Select(c => c.Name));
        LabeledObject[] old = [.. before.Split("train").Images[0].Objects], read = [.. after.Split("train").Images[0].Objects];
        foreach ((LabeledObject a, LabeledObject b) in old.Zip(read))
        {
            b.ClassIndex.ShouldBe(a.ClassIndex);
            new[] { b.Box.X - a.Box.X, b.Box.Y - a.Box.Y, b.Box.Width - a.Box.Width, b.Box.Height - a.Box.Height }.Max(Math.Abs).ShouldBeLessThan(1e-6);
        }

        File.ReadAllBytes(after.Split("valid").Images[0].File).ShouldBe(File.ReadAllBytes(before.Split("valid").Images[0].File));
    }

    [Fact]
    public void COCO_loses_nothing()
    {
        using DataSetFolder folder = Source();
        DataSet before = DataSet.Open(folder.At("in"));

        DataConverter.Convert(before, folder.At("out"), new ConversionOptions { To = DataSetLayout.RoboflowCoco }).Lost.ShouldBeEmpty();

        CocoFile a = CocoFile.Read(folder.At("in/train/_annotations.coco.json")), b = CocoFile.Read(folder.At("out/train/_annotations.coco.json"));
        b.Images.ShouldBe(a.Images);
        b.Categories.OrderBy(c => c.Id).ShouldBe(a.Categories.OrderBy(c => c.Id));
        b.Annotations.Select(x => x with { Segmentation = null }).ShouldBe(a.Annotations.Select(x => x with { Segmentation = null }));
        b.Annotations.Select(x => x.Segmentation!.ToMask(10, 20)).ShouldBe(a.Annotations.Select(x => x.Segmentation!.ToMask(10, 20)));
    }

    [Fact]
    public void YOLO_says_what_it_has_no_place_for_and_keeps_masks()
    {
        using DataSetFolder folder = Source();
        DataSet before = DataSet.Open(folder.At("in"));

        ConversionReport report = DataConverter.Convert(before, folder.At("out"), new ConversionOptions { To = DataSetLayout.Yolo });

        report.Lost.ShouldBe(["1 object: several outlines became one, joined by lines without width", "1 object: crowd regions have no place in YOLO's format and are left out"]);
        LabeledImage old = before.Split("train").Images[0], read = DataSet.Open(folder.At("out")).Split("train").Images[0];
        read.Objects.Count.ShouldBe(2);
        for (int i = 0; i < 2; i++)
            read.Objects[i].Mask(read)!.IoU(old.Objects[i].Mask(old)!).ShouldBeGreaterThan(0.97);
    }

    [Fact]
    public void Run_lengths_become_outlines_along_pixel_edges()
    {
        RleMask mask = RleMask.FromPolygons(40, 60, [[5, 5, 50, 8, 40, 35, 10, 30]]);
        var image = new LabeledImage(1, "", "a.bmp", 60, 40, []);
        using DataSetFolder folder = new DataSetFolder().Image("in/train/a.bmp", 60, 40);
        var annotation = new CocoAnnotation { Id = 1, ImageId = 1, CategoryId = 1, Box = new(5, 5, 45, 30), Area = 900, Segmentation = new CocoRunLengths(mask) };
        new CocoFile("", [new(1, "a.bmp", 60, 40)], [new(1, "cat")], [annotation]).Write(folder.At("in/train/_annotations.coco.json"));

        DataConverter.Convert(DataSet.Open(folder.At("in")), folder.At("out"), new ConversionOptions { To = DataSetLayout.Yolo }).Lost.ShouldHaveSingleItem().ShouldContain("run lengths became outlines");

        LabeledImage read = DataSet.Open(folder.At("out")).Split("train").Images[0];
        read.Objects[0].Mask(image)!.IoU(mask).ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void VOC_has_one_folder_so_equal_names_are_told_apart()
    {
        using DataSetFolder folder = Source();

        DataConverter.Convert(DataSet.Open(folder.At("in")), folder.At("out"), new ConversionOptions { To = DataSetLayout.Voc, Link = true });

        DataSet after = DataSet.Open(folder.At("out"));
        after.Split("train").Images[0].Name.ShouldBe("a.bmp");
        after.Split("valid").Images[0].Name.ShouldBe("val_a.bmp");
        new FileInfo(after.Split("valid").Images[0].File).LinkTarget.ShouldNotBeNull();
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        using DataSetFolder folder = Source();

        Should.Throw<ArgumentException>(() => DataConverter.Convert(DataSet.Open(folder.At("in")), folder.At("in"), new ConversionOptions { To = DataSetLayout.Yolo }))
            .Message.ShouldContain("is not empty");
    }

    private static DataSetFolder Source()
    {
        const string Categories = """{"id": 3, "name": "it's", "supercategory": "x"}, {"id": 7, "name": "dog"}""";
        return new DataSetFolder()
            .Coco("in/train", Objects, Categories).Image("in/train/a.bmp")
            .Coco("in/valid", "", Categories).Image("in/valid/a.bmp", number: 9);
    }
}
