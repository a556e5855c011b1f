using System.Text;
using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

/// <summary>Files as the field has them: read where that is safe, and reported.</summary>
public class LenientDataSetTests
{
    private const string Cat = """{"id": 1, "name": "cat"}""";

    [Theory]
    [InlineData("""{"id": 1, "file_name": "a.bmp"}""")]
    [InlineData("""{"id": 1, "file_name": "a.bmp", "width": 0, "height": 0}""")]
    [InlineData("""{"id": 1, "file_name": "a.bmp", "width": null, "height": null}""")]
    [InlineData("""{"id": 1, "file_name": "a.bmp", "width": NaN, "height": ""}""")]
    [InlineData("""{"id": 1, "file_name": "a.bmp", "width": -20, "height": 10}""")]
    [InlineData("""{"id": 1, "file_name": "a.bmp", "width": 20, "height": 65536}""")]
    [InlineData("""{"id": 1, "file_name": "a.bmp", "width": 1e300, "height": "10.5"}""")]
    [InlineData("""{"id": "1", "file_name": "a.bmp", "width": "20", "height": 10.0}""")]
    public void Sizes_come_from_the_image_where_the_file_has_none(string image)
    {
        using DataSetFolder folder = Coco(
            image, """{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[1, 1, 9, 1, 9, 9, 1, 9]]}""")
            .Image("train/a.bmp");

        LabeledImage read = folder.Open().Split("train").Images.ShouldHaveSingleItem();

        (read.Width, read.Height).ShouldBe((20, 10));
        read.Objects[0].Box.ShouldBe(new BoxXywh(1, 1, 8, 8));
    }

    public static TheoryData<string, string, string> Left => new()
    {
        {
            """{"id": 2, "image_id": 1, "category_id": 9, "bbox": [1, 1, 2, 2]}""", "category-undeclared",
            "annotations[1].category_id is 9"
        },
        {
            """{"id": 2, "image_id": 7, "category_id": 1, "bbox": [1, 1, 2, 2]}""", "image-unknown",
            "annotations[1].image_id is 7"
        },
        {
            """{"id": 2, "image_id": "x", "category_id": 1, "bbox": [1, 1, 2, 2]}""", "image-unknown",
            "annotations[1].image_id is 'x'"
        },
        {
            """{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}""", "annotation-repeated",
            "annotations[1] repeats id 1"
        },
    };

    [Theory]
    [MemberData(nameof(Left))]
    public void Annotations_that_belong_to_nothing_are_left_out_and_counted(string more, string code, string example)
    {
        using DataSetFolder folder =
            Coco(Image, $$"""{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}, {{more}}""").Image("train/a.bmp");

        DataSet data = folder.Open();

        data.Split("train").Images[0].Objects.ShouldHaveSingleItem().Box.ShouldBe(new BoxXywh(1, 2, 3, 4));
        data.Warnings.ShouldHaveSingleItem().ShouldContain(example);
        DataFinding finding = DataDoctor.Examine(folder.Path).Findings.Single(f => f.Code == code);
        (finding.Level, finding.Count, finding.Examples[0]).ShouldBe((FindingLevel.Warning, 1, example));
    }

    [Fact]
    public void Odd_areas_are_replaced_and_counted()
    {
        using DataSetFolder folder = Coco(Image, """
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": -5},
            {"id": 2, "image_id": 1, "category_id": 1, "bbox": ["1", "2", "3.5", "4"], "area": NaN},
            {"id": 3, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": "7.5"}
            """).Image("train/a.bmp");

        DataSet data = folder.Open();

        data.Split("train").Images[0].Objects.Select(o => o.Area).ShouldBe([12, 14, 7.5]);
        data.Warnings.ShouldHaveSingleItem().ShouldContain("2 areas are negative or no number");
    }

    [Theory]
    [InlineData("[[1, 2]]")]
    [InlineData("[[1, 2, 3, 4]]")]
    [InlineData("[[]]")]
    [InlineData("[1, 2, 3, 4, 5, 6]")]
    [InlineData("""{"size": [8], "counts": "1"}""")]
    [InlineData("\"abc\"")]
    public void A_mask_that_is_none_does_not_keep_the_box_from_being_read(string mask)
    {
        using DataSetFolder folder = Coco(
            Image, $$"""{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": {{mask}}}""")
            .Image("train/a.bmp");

        LabeledImage image = folder.Open().Split("train").Images[0];

        image.Objects[0].Box.ShouldBe(new BoxXywh(1, 2, 3, 4));
        Should.Throw<DataSetFormatException>(
            () => image.Objects[0].Mask(image)).Message.ShouldContain("annotations[0].segmentation");
        DataDoctor.Examine(folder.Path).Findings.Single(f => f.Code == "mask-broken").Examples[0]
            .ShouldContain("annotations[0].segmentation");
    }

    [Fact]
    public void Points_beside_outlines_enclose_nothing()
    {
        using DataSetFolder folder = Coco(
            Image,
            """
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 8, 8],
             "segmentation": [[1, 1, 9, 1, 9, 9, 1, 9], [3, 3], []]}
            """).Image("train/a.bmp");

        LabeledImage image = folder.Open().Split("train").Images[0];

        image.Objects[0].Mask(image)!.Area.ShouldBe(64);
    }

    [Fact]
    public void The_doctor_examines_what_is_left()
    {
        using DataSetFolder folder = Coco(
            $$"""{{Image}}, {"id": 2, "file_name": "gone.bmp", "width": 20, "height": 10}, 5""",
            """
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3]},
            {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 1, 30, 2]},
            [[1]],
            {"id": 3, "image_id": 1, "bbox": {"x": [1]}},
            {"id": 4, "image_id": 1, "category_id": 1, "bbox": [1, 1, 0, 2]}
            """).Image("train/a.bmp");

        DoctorReport report = DataDoctor.Examine(folder.Path, new DoctorOptions { Examples = 9 });

        DataFinding format = report.Findings.Single(f => f.Code == "format");
        string all = string.Join('\n', format.Examples);
        foreach (
            string part in (string[])["images[2] is 5", "gone.bmp", "annotations[0].bbox has 3 numbers",
                "annotations[2] is a list", "annotations[3].bbox is an object"])
            all.ShouldContain(part);
        format.Count.ShouldBe(5);
        report.Findings.Select(f => f.Code).ShouldContain("box-beyond");
        report.Findings.Select(f => f.Code).ShouldContain("box-empty");
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public void Text_in_any_Unicode_encoding(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        using DataSetFolder folder = new DataSetFolder().Image("train/é.bmp");
        string json =
            $$"""
            {"images": [{"id": 1, "file_name": "é.bmp", "width": 20, "height": 10}], "annotations": [],
             "categories": [{{Cat}}]}
            """;
        foreach (byte[] mark in (byte[][])[encoding.GetPreamble(), []])
        {
            File.WriteAllBytes(folder.At("train/_annotations.coco.json"), [.. mark, .. encoding.GetBytes(json)]);
            folder.Open().Split("train").Images[0].Name.ShouldBe("é.bmp");
        }
    }

    [Fact]
    public void Latin_1_and_halves_of_surrogate_pairs()
    {
        using DataSetFolder folder = new DataSetFolder().Image("train/é.bmp");
        string json =
            """
            {"images": [{"id": 1, "file_name": "é.bmp", "width": 20, "height": 10}], "annotations": [],
             "categories": [{"id": 1, "name": "a\ud83d\n\udce9"}], "\udce9": 1}
            """;
        File.WriteAllBytes(folder.At("train/_annotations.coco.json"), Encoding.Latin1.GetBytes(json));

        DataSet data = folder.Open();

        data.Split("train").Images[0].Name.ShouldBe("é.bmp");
        data.Classes[0].Name.ShouldBe("a\uFFFD\n\uFFFD");
        data.Warnings.ShouldHaveSingleItem().ShouldContain("2 texts are not UTF-8");
    }

    [Fact]
    public void Label_lines_of_a_class_that_has_no_name_are_left_out_and_counted()
    {
        using DataSetFolder folder = new DataSetFolder().Text("data.yaml", "train: train/images\nnames: [cat, dog]")
            .Text(
                "train/labels/a.txt", "2 0.5 0.5 1 1\n1 0.5 0.5 0.5 0.5\n90 0.1 0.1 0.2 0.1 0.2 0.2\n")
                .Image("train/images/a.bmp");

        DataSet data = folder.Open();

        data.Splits[0].Images[0].Objects.ShouldHaveSingleItem().ClassIndex.ShouldBe(1);
        data.Warnings.ShouldHaveSingleItem().ShouldContain("2 annotations have a class that is not declared");
        data.Warnings[0].ShouldContain("a.txt line 1: class 2 is not one of 0 to 1");
        DataDoctor.Examine(folder.Path).Findings.ShouldContain(f => f.Code == "category-undeclared" && f.Count == 2);
    }

    [Fact]
    public void A_split_that_is_named_but_not_there_is_an_error_only_where_it_is_asked_for()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Text("data.yaml", "train: ../train/images\ntest: ../test/images\nnames: [cat]").Image("train/images/a.bmp");

        DataSet data = folder.Open();

        data.Splits.ShouldHaveSingleItem().Name.ShouldBe("train");
        data.Warnings.ShouldHaveSingleItem().ShouldContain("test: '../test/images' is not below");
        Should.Throw<ArgumentException>(() => data.Split("test")).Message.ShouldContain("test: '../test/images' is not below");
        DataDoctor.Examine(folder.Path).Findings.ShouldContain(f => f.Code == "split-absent" && f.Level == FindingLevel.Warning);
    }

    [Fact]
    public void Absolute_paths_below_the_folder_are_followed()
    {
        using DataSetFolder folder = new DataSetFolder().Image("train/images/a.bmp").Image("c/train/b.bmp");
        folder.Text("data.yaml", $"train: {folder.At("train/images")}\nval: list.txt\nnames: [cat]")
            .Text("list.txt", folder.At("train/images/a.bmp"));
        folder.Coco("c/train", "", file: folder.At("c/train/b.bmp").Replace("\\", "/", StringComparison.Ordinal));

        folder.Open().Splits.Select(s => s.Images.Count).ShouldBe([1, 1]);
        DataSet.Open(folder.At("c")).Split("train").Images[0].Name.ShouldBe("b.bmp");
    }

    [Fact]
    public void A_yaml_that_the_user_named_may_lead_to_a_data_set_elsewhere()
    {
        using DataSetFolder folder = new DataSetFolder().Image("there/images/train/a.bmp")
            .Text("there/labels/train/a.txt", "0 0.5 0.5 1 1");
        folder.Text("here/data.yaml", $"path: {folder.At("there")}\ntrain: images/train\nnames: [cat]");

        DataSet.Open(folder.At("here/data.yaml")).Split("train").Images[0].Objects.Count.ShouldBe(1);
        Should.Throw<DataSetFormatException>(
            () => DataSet.Open(folder.At("here"))).Message.ShouldContain("train: 'images/train' is not below");
    }

    [Fact]
    public void Keypoints_are_told_from_outlines()
    {
        using DataSetFolder folder = new DataSetFolder().Image("images/a.bmp")
            .Text("data.yaml", "train: images\nnames: [cat]\nkpt_shape: [2, 3]")
                .Text("labels/a.txt", "0 0.5 0.5 0.2 0.4 0.1 0.1 2 0.3 0.3 1\n0 0.5 0.5 1 1");

        DataSet data = folder.Open();

        data.Split("train").Images[0].Objects.Select(o => (o.Box, o.Segmentation))
            .ShouldBe([(new BoxXywh(8, 3, 4, 4), null), (new BoxXywh(0, 0, 20, 10), null)]);
        data.Warnings.ShouldHaveSingleItem().ShouldContain("1 object has keypoints");
    }

    [Theory]
    [InlineData("<size><width>0</width><height>0</height></size>")]
    [InlineData("<size/>")]
    [InlineData("")]
    [InlineData("<size><width>20.0</width><height> 10 </height></size>")]
    [InlineData("<size><width>20.5</width><height>10</height></size>")]
    [InlineData("<size><width>-20</width><height>NaN</height></size>")]
    [InlineData("<size><width>None</width><height>1e99</height></size>")]
    public void VOC_sizes_of_0_missing_or_fractional(string size)
    {
        using DataSetFolder folder = Voc(
            Encoding.UTF8.GetBytes($"<annotation><filename>a.bmp</filename>{size}{VocCat("cat")}</annotation>"));

        LabeledImage image = folder.Open().Splits[0].Images.ShouldHaveSingleItem();

        (image.Width, image.Height, image.Objects.Count).ShouldBe((20, 10, 1));
    }

    [Fact]
    public void VOC_document_types_and_encodings()
    {
        foreach (byte[] xml in (byte[][])
            [
                Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><!DOCTYPE annotation><annotation>{VocCat("é")}</annotation>"),
                Encoding.UTF8.GetBytes(
                    $"<!DOCTYPE annotation SYSTEM \"http://example.com/x.dtd\"><annotation>{VocCat("é")}</annotation>"),
                Encoding.Latin1.GetBytes($"<?xml version=\"1.0\" encoding=\"utf-8\"?><annotation>{VocCat("é")}</annotation>"),
                [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes($"<annotation>{VocCat("é")}</annotation>")],
            ])
        {
            using DataSetFolder folder = Voc(xml);
            folder.Open().Classes[0].Name.ShouldBe("é");
        }

        byte[] gbk =
        [
            .. "<?xml version=\"1.0\" encoding=\"gbk\"?>"u8,
            .. Encoding.ASCII.GetBytes($"<annotation>{VocCat("##")}</annotation>")
        ];
        (byte, byte) cat = (0xC3, 0xA8); // U+732B
        int at = gbk.AsSpan().IndexOf("##"u8);
        (gbk[at], gbk[at + 1]) = cat;
        using DataSetFolder chinese = Voc(gbk);
        chinese.Open().Classes[0].Name.ShouldBe("\u732B");
    }

    [Fact]
    public void Links_do_not_lead_out_of_the_folder_unless_they_may()
    {
        using DataSetFolder folder = new DataSetFolder().Coco("set/train", "", file: "etc/a.bmp").Image("outside/a.bmp")
            .Image("set/inner/b.bmp");
        File.CreateSymbolicLink(folder.At("set/train/etc"), folder.At("outside"));
        Should.Throw<DataSetFormatException>(
            () => DataSet.Open(folder.At("set"))).Message.ShouldContain("symbolic link that leads out of");
        DataSet.Open(folder.At("set"), new DataSetOptions { FollowLinks = true }).Split("train").Images.Count.ShouldBe(1);

        // A link within the folder, a link of the folder itself, and a loop are the user's own business.
        File.Delete(folder.At("set/train/etc"));
        Directory.CreateSymbolicLink(folder.At("set/train/etc"), folder.At("set/inner"));
        folder.Coco("set/train", "", file: "etc/b.bmp");
        Directory.CreateSymbolicLink(folder.At("alias"), folder.At("set"));
        DataSet.Open(folder.At("alias")).Split("train").Images.Count.ShouldBe(1);

        folder.Text("yolo/data.yaml", "train: .\nnames: [cat]").Image("yolo/x/a.bmp");
        Directory.CreateSymbolicLink(folder.At("yolo/x/loop"), folder.At("yolo"));
        DataSet.Open(folder.At("yolo")).Split("train").Images.Count.ShouldBe(1);
        File.CreateSymbolicLink(folder.At("yolo/x/b.bmp"), folder.At("outside/a.bmp"));
        Should.Throw<DataSetFormatException>(() => DataSet.Open(folder.At("yolo"))).Message.ShouldContain("leads out of");
        File.Delete(folder.At("yolo/x/b.bmp"));
        File.CreateSymbolicLink(folder.At("yolo/x/a.txt"), folder.At("outside/a.bmp"));
        Should.Throw<DataSetFormatException>(() => DataSet.Open(folder.At("yolo"))).Message.ShouldContain("leads out of");
    }

    private const string Image = """{"id": 1, "file_name": "a.bmp", "width": 20, "height": 10}""";

    private static DataSetFolder Coco(string images, string annotations) => new DataSetFolder().Text(
        "train/_annotations.coco.json",
        $$"""{"images": [{{images}}], "annotations": [{{annotations}}], "categories": [{{Cat}}]}""");

    private static string VocCat(string name) =>
        $"<object><name>{name}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5.5</xmax><ymax>6</ymax></bndbox></object>";

    private static DataSetFolder Voc(byte[] xml)
    {
        DataSetFolder folder = new DataSetFolder().Image("JPEGImages/a.bmp");
        Directory.CreateDirectory(folder.At("Annotations"));
        File.WriteAllBytes(folder.At("Annotations/a.xml"), xml);
        return folder;
    }
}
