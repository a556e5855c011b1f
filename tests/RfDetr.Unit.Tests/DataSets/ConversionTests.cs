using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

public class ConversionTests
{
    private const string Objects = """
        {"id": 11, "image_id": 1, "category_id": 7, "bbox": [1.25, 2, 3.5, 4], "area": 9.5,
         "segmentation": [[1.25, 2, 4.75, 2, 4.75, 6, 1.25, 6]]},
        {"id": 12, "image_id": 1, "category_id": 3, "bbox": [2, 1, 16, 8], "area": 60,
         "segmentation": [[2, 1, 8, 1, 8, 9, 2, 9], [12, 1, 18, 1, 18, 9]]},
        {"id": 13, "image_id": 1, "category_id": 3, "bbox": [0, 0, 4, 4], "area": 16, "iscrowd": 1,
         "segmentation": {"size": [10, 20], "counts": [0, 4, 6, 4, 186]}}
        """;

    [Theory]
    [InlineData(DataSetLayout.RoboflowCoco)]
    [InlineData(DataSetLayout.Yolo)]
    [InlineData(DataSetLayout.Voc)]
    public void What_is_converted_opens_again(DataSetLayout to)
    {
        using DataSetFolder folder = Source();
        DataSet before = DataSet.Open(folder.At("in"));

        ConversionReport report = DataConverter.Convert(
            before, folder.At("out"), new ConversionOptions { To = to, AllowLoss = true });
        DataSet after = DataSet.Open(folder.At("out"));

        after.Layout.ShouldBe(to);
        report.Images.ShouldBe(2);
        after.Classes.Select(c => c.Name).ShouldBe(before.Classes.Select(c => c.Name));
        LabeledObject[] old = [.. before.Split("train").Images[0].Objects], read = [.. after.Split("train").Images[0].Objects];
        foreach ((LabeledObject a, LabeledObject b) in old.Zip(read))
        {
            b.ClassIndex.ShouldBe(a.ClassIndex);
            new[] { b.Box.X - a.Box.X, b.Box.Y - a.Box.Y, b.Box.Width - a.Box.Width, b.Box.Height - a.Box.Height }
                .Max(Math.Abs).ShouldBeLessThan(1e-6);
        }

        File.ReadAllBytes(after.Split("valid").Images[0].File).ShouldBe(File.ReadAllBytes(before.Split("valid").Images[0].File));
    }

    [Fact]
    public void COCO_loses_nothing()
    {
        using DataSetFolder folder = Source();
        DataSet before = DataSet.Open(folder.At("in"));

        DataConverter.Convert(
            before, folder.At("out"), new ConversionOptions { To = DataSetLayout.RoboflowCoco }).Lost.ShouldBeEmpty();

        CocoFile a = CocoFile.Read(folder.At("in/train/_annotations.coco.json")),
        b = CocoFile.Read(folder.At("out/train/_annotations.coco.json"));
        b.Images.ShouldBe(a.Images);
        b.Categories.OrderBy(c => c.Id).ShouldBe(a.Categories.OrderBy(c => c.Id));
        b.Annotations.Select(x => x with { Segmentation = null }).ShouldBe(
            a.Annotations.Select(x => x with { Segmentation = null }));
        b.Annotations.Select(x => x.Segmentation!.ToMask(10, 20)).ShouldBe(
            a.Annotations.Select(x => x.Segmentation!.ToMask(10, 20)));
    }

    [Fact]
    public void YOLO_says_what_it_has_no_place_for_and_keeps_masks()
    {
        using DataSetFolder folder = Source();
        DataSet before = DataSet.Open(folder.At("in"));

        ConversionReport report = DataConverter.Convert(
            before, folder.At("out"), new ConversionOptions { To = DataSetLayout.Yolo, AllowLoss = true });

        report.Lost.ShouldBe(
            ["1 object: crowd regions have no place in YOLO's format; left out",
                "1 object: several outlines became one, joined by lines without width"]);
        report.Objects.ShouldBe(2);
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
        var annotation = new CocoAnnotation
        {
            Id = 1,
            ImageId = 1,
            CategoryId = 1,
            Box = new(5, 5, 45, 30),
            Area = 900,
            Segmentation = new CocoRunLengths(mask)
        };
        new CocoFile(
            "", [new(1, "a.bmp", 60, 40)], [new(1, "cat")], [annotation]).Write(folder.At("in/train/_annotations.coco.json"));

        DataConverter.Convert(
            DataSet.Open(folder.At("in")), folder.At("out"), new ConversionOptions { To = DataSetLayout.Yolo })
            .Lost.ShouldHaveSingleItem().ShouldContain("run lengths became outlines");

        LabeledImage read = DataSet.Open(folder.At("out")).Split("train").Images[0];
        read.Objects[0].Mask(image)!.Equals(mask).ShouldBeTrue();
        Math.Abs(read.Objects[0].Box.Width - 45).ShouldBeLessThan(0.01);
    }

    [Fact]
    public void VOC_has_one_folder_so_equal_names_are_told_apart()
    {
        using DataSetFolder folder = Source();

        DataConverter.Convert(
            DataSet.Open(folder.At("in")), folder.At("out"), new ConversionOptions { To = DataSetLayout.Voc, Link = true });

        DataSet after = DataSet.Open(folder.At("out"));
        after.Split("train").Images[0].Name.ShouldBe("a.bmp");
        after.Split("valid").Images[0].Name.ShouldBe("val_a.bmp");
        // a second name of the file, which leads nowhere
        new FileInfo(after.Split("valid").Images[0].File).LinkTarget.ShouldBeNull();
        File.ReadAllBytes(after.Split("valid").Images[0].File).ShouldBe(File.ReadAllBytes(folder.At("in/valid/a.bmp")));
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        using DataSetFolder folder = Source();

        Should.Throw<ArgumentException>(() =>
            DataConverter.Convert(
                DataSet.Open(folder.At("in")), folder.At("in"), new ConversionOptions { To = DataSetLayout.Yolo }))
            .Message.ShouldContain("is not empty");
    }

    [Fact]
    public void Objects_that_a_format_cannot_hold_are_not_left_out_unasked()
    {
        using DataSetFolder folder = Source();

        Refused(folder, DataSetLayout.Yolo).ShouldContain(
            "1 object (a.bmp object 13 [0, 0, 4, 4]): crowd regions have no place in YOLO's format. To leave them out");
    }

    [Fact]
    public void A_box_beyond_its_mask_and_a_mask_beyond_its_box_keep_the_box()
    {
        const string Two = """
            {"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 16, 8], "segmentation": [[4, 3, 12, 3, 12, 7]]},
            {"id": 2, "image_id": 1, "category_id": 3, "bbox": [4, 3, 4, 3], "segmentation": [[1, 1, 15, 1, 15, 9, 1, 9]]}
            """;
        using DataSetFolder folder =
            new DataSetFolder().Coco("in/train", Two, """{"id": 3, "name": "cat"}""").Image("in/train/a.bmp");

        ConversionReport report = DataConverter.Convert(
            DataSet.Open(folder.At("in")), folder.At("out"), new ConversionOptions { To = DataSetLayout.Yolo });

        report.Lost.ShouldBe(["1 object: the mask reaches beyond the box and is cut off there"]);
        LabeledImage read = DataSet.Open(folder.At("out")).Split("train").Images[0];
        foreach ((LabeledObject o, BoxXywh box) in read.Objects.Zip((BoxXywh[])[new(1, 1, 16, 8), new(4, 3, 4, 3)]))
            ((double[])[o.Box.X - box.X, o.Box.Y - box.Y, o.Box.Width - box.Width, o.Box.Height - box.Height]).Max(Math.Abs)
                .ShouldBeLessThan(0.01);
        read.Objects[0].Mask(read)!.Equals(RleMask.FromPolygons(10, 20, [[4, 3, 12, 3, 12, 7]])).ShouldBeTrue();
        read.Objects[1].Mask(read)!.Equals(RleMask.FromBox(10, 20, new(4, 3, 8, 6))).ShouldBeTrue();
    }

    [Fact]
    public void Holes_and_overlaps_survive()
    {
        RleMask ring = RleMask.FromBox(40, 60, new(5, 5, 40, 35)).Subtract(RleMask.FromBox(40, 60, new(10, 10, 20, 20)));
        CocoSegmentation overlap = new CocoPolygons([[2, 2, 20, 2, 20, 20, 2, 20], [10, 10, 30, 10, 30, 30, 10, 30]]);
        using DataSetFolder folder = new DataSetFolder().Image("in/train/a.bmp", 60, 40);
        CocoAnnotation[] annotations =
        [
            new() { Id = 1, ImageId = 1, CategoryId = 1, Box = BoxXywh.From(ring.BoundingBox), Area = ring.Area,
                Segmentation = new CocoRunLengths(ring) },
            new() { Id = 2, ImageId = 1, CategoryId = 1, Box = new(2, 2, 28, 28), Area = 1, Segmentation = overlap },
        ];
        new CocoFile("", [new(1, "a.bmp", 60, 40)], [new(1, "cat")], annotations)
            .Write(folder.At("in/train/_annotations.coco.json"));

        DataConverter.Convert(DataSet.Open(folder.At("in")), folder.At("out"), new ConversionOptions { To = DataSetLayout.Yolo });

        LabeledImage read = DataSet.Open(folder.At("out")).Split("train").Images[0];
        read.Objects[0].Mask(read)!.Equals(ring).ShouldBeTrue();
        read.Objects[1].Mask(read)!.Equals(overlap.ToMask(40, 60)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("images/a.bmp", "images/train/labels/a.txt", "images/train/images/a.bmp")]
    [InlineData(@"images\\a.bmp", "images/train/labels/a.txt", "images/train/images/a.bmp")]
    [InlineData("deep/images/x/a.bmp", "deep/labels/x/a.txt", "deep/images/x/a.bmp")]
    public void Labels_go_where_readers_look_for_them(string written, string label, string image)
    {
        using DataSetFolder folder = new DataSetFolder()
            .Coco("in/train", """{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}""", file: written)
            .Image("in/train/" + written.Replace(@"\\", "/", StringComparison.Ordinal));

        DataConverter.Convert(DataSet.Open(folder.At("in")), folder.At("out"), new ConversionOptions { To = DataSetLayout.Yolo });

        Directory.GetFiles(folder.At("out"), "*.txt", SearchOption.AllDirectories).ShouldHaveSingleItem().Replace('\\', '/')
            .ShouldEndWith(label);
        Directory.GetFiles(folder.At("out"), "*.bmp", SearchOption.AllDirectories).ShouldHaveSingleItem().Replace('\\', '/')
            .ShouldEndWith(image);
        DataSet.Open(folder.At("out")).Split("train").Images[0].Objects.Count.ShouldBe(1);
    }

    public static TheoryData<string, DataSetLayout, string[]> Collisions => new()
    {
        { "a.bmp|a.png", DataSetLayout.Yolo, ["'a.bmp'", "'a.png'"] },
        { "a.bmp|A.bmp", DataSetLayout.Yolo, ["'a.bmp'", "'A.bmp'", "one file on some systems"] },
        { "a.bmp|A.bmp", DataSetLayout.RoboflowCoco, ["'a.bmp'", "'A.bmp'", "one file on some systems"] },
        { "sub/a.bmp|SUB/a.bmp", DataSetLayout.Yolo, ["'sub/a.bmp'", "'SUB/a.bmp'"] },
        { "a.bmp|a.bmp", DataSetLayout.Yolo, ["'a.bmp'", "under two ids, 1 and 2"] },
        { "a.bmp|a.bmp", DataSetLayout.Voc, ["'a.bmp'", "under two ids, 1 and 2"] },
        { "a.xyz", DataSetLayout.Yolo, ["'a.xyz'", "an extension by which YOLO's readers do not find it"] },
    };

    [Theory]
    [MemberData(nameof(Collisions))]
    public void Both_offenders_are_named_before_the_first_byte(string names, DataSetLayout to, string[] expected)
    {
        using var folder = new DataSetFolder();
        string[] files = names.Split('|');
        foreach (string file in files.Distinct())
            folder.Image("in/train/" + file);
        CocoImage[] images = [.. files.Select((f, i) => new CocoImage(i + 1, f, 20, 10))];
        CocoAnnotation[] annotations =
            [
                .. images.Select(i =>
                    new CocoAnnotation { Id = i.Id, ImageId = i.Id, CategoryId = 1, Box = new(1, 1, 2, 2), Area = 4 })
            ];
        new CocoFile("", images, [new(1, "cat")], annotations).Write(folder.At("in/train/_annotations.coco.json"));

        string message = Refused(folder, to);

        foreach (string part in expected)
            message.ShouldContain(part);
    }

    [Fact]
    public void One_image_under_two_ids_stays_so_in_COCO()
    {
        using DataSetFolder folder = new DataSetFolder().Image("in/train/a.bmp");
        CocoAnnotation[] annotations =
            [
                .. Enumerable.Range(1, 3).Select(i =>
                    new CocoAnnotation { Id = i, ImageId = 1 + i / 2, CategoryId = 1, Box = new(i, 1, 2, 2), Area = 4 })
            ];
        new CocoFile("", [new(1, "a.bmp", 20, 10), new(2, "a.bmp", 20, 10)], [new(1, "cat")], annotations)
            .Write(folder.At("in/train/_annotations.coco.json"));

        DataConverter.Convert(DataSet.Open(folder.At("in")), folder.At("out"),
            new ConversionOptions { To = DataSetLayout.RoboflowCoco }).Objects.ShouldBe(3);

        DataSet.Open(folder.At("out")).Split("train").Images.Select(i => (i.Id, i.Name, i.Objects.Count))
            .ShouldBe([(1, "a.bmp", 1), (2, "a.bmp", 2)]);
    }

    [Fact]
    public void Classes_of_one_name_and_splits_of_one_name_are_refused()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Coco("in/train", "", """{"id": 1, "name": "cat"}, {"id": 2, "name": "cat"}""").Image("in/train/a.bmp");
        Refused(folder, DataSetLayout.Voc).ShouldContain("the classes 1 and 2 are both called 'cat'");

        using DataSetFolder splits = new DataSetFolder().Coco("in/train", "").Image("in/train/a.bmp").Coco("in/train2017", "")
            .Image("in/train2017/a.bmp");
        Refused(splits, DataSetLayout.Yolo).ShouldContain("the splits 'train' and 'train2017' would both become 'train'");

        using DataSetFolder odd = new DataSetFolder().Coco("in/mini", "").Image("in/mini/a.bmp");
        Refused(odd, DataSetLayout.Yolo).ShouldContain("the split 'mini' is none of train, val and test");
    }

    [Fact]
    public void A_conversion_that_ends_early_leaves_nothing()
    {
        using DataSetFolder folder = Source();
        DataSet data = DataSet.Open(folder.At("in"));
        using var cancellation = new CancellationTokenSource();
        var progress = new Reports(_ => cancellation.Cancel());

        Should.Throw<OperationCanceledException>(() => DataConverter.Convert(
            data, folder.At("new/out"), new ConversionOptions { To = DataSetLayout.RoboflowCoco }, progress, cancellation.Token));
        File.Delete(folder.At("in/valid/a.bmp"));
        Should.Throw<IOException>(
            () => DataConverter.Convert(data, folder.At("new/out"), new ConversionOptions { To = DataSetLayout.RoboflowCoco }));

        Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).ShouldBe(["in"]);
    }

    private sealed class Reports(Action<int> report) : IProgress<(int Done, int All)>
    {
        public void Report((int Done, int All) value) => report(value.Done);
    }

    private static string Refused(DataSetFolder folder, DataSetLayout to)
    {
        string message = Should.Throw<DataSetFormatException>(
            () =>
                DataConverter.Convert(
                    DataSet.Open(folder.At("in")), folder.At("out"), new ConversionOptions { To = to })).Message;
        message.ShouldEndWith("Nothing was written.");
        Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).ShouldBe(["in"]);
        return message;
    }

    private static DataSetFolder Source()
    {
        const string Categories = """{"id": 3, "name": "it's", "supercategory": "x"}, {"id": 7, "name": "dog"}""";
        return new DataSetFolder()
            .Coco("in/train", Objects, Categories).Image("in/train/a.bmp")
            .Coco("in/valid", "", Categories).Image("in/valid/a.bmp", number: 9);
    }
}
