using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

public class LayoutTests
{
    private const string Cat = """{"id": 4, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}""";
    private const string Roboflow =
        """
        {"id": 0, "name": "pets", "supercategory": "none"}, {"id": 1, "name": "cat", "supercategory": "pets"},
        {"id": 2, "name": "dog", "supercategory": "pets"}
        """;

    [Fact]
    public void Roboflow_COCO()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Coco("train", Cat, Roboflow).Coco("valid", "", Roboflow).Image("train/a.bmp").Image("valid/a.bmp");

        DataSet data = folder.Open();

        data.Layout.ShouldBe(DataSetLayout.RoboflowCoco);
        data.Splits.Select(s => s.Name).ShouldBe(["train", "valid"]);
        data.Classes.ShouldBe([new DataClass(0, "cat", 1, "pets"), new DataClass(1, "dog", 2, "pets")]);
        data.Classes.Grouping!.Name.ShouldBe("pets");
        data.Classes.Describe().ShouldBe(
            "logit 0 = category 1 'cat'\nlogit 1 = category 2 'dog'\ncategory 0 'pets' only groups the others and is left out");
        LabeledImage image = data.Split("train").Images.ShouldHaveSingleItem();
        (image.Id, image.Name, image.Width, image.Height).ShouldBe((1, "a.bmp", 20, 10));
        File.Exists(image.File).ShouldBeTrue();
        image.Objects.ShouldHaveSingleItem().ShouldBe(
            new LabeledObject { Id = 4, ClassIndex = 0, Box = new(1, 2, 3, 4), Area = 12 });
        data.Split("val").Images[0].Objects.ShouldBeEmpty();
        data.Split("val").HasMasks.ShouldBeFalse();
    }

    [Fact]
    public void The_former_rule_keeps_ids_and_the_grouping_category()
    {
        using DataSetFolder folder = new DataSetFolder().Coco("train", Cat, Roboflow).Image("train/a.bmp");

        ClassTable classes = folder.Open(new DataSetOptions { Classes = ClassRule.AsWritten }).Classes;

        classes.Select(c => c.Index).ShouldBe([0, 1, 2]);
        classes.LogitCount.ShouldBe(3);
        classes.Grouping.ShouldBeNull();
    }

    [Fact]
    public void A_category_0_that_has_objects_is_a_class()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Coco("train", """{"image_id": 1, "category_id": 0, "bbox": [1, 2, 3, 4]}""", Roboflow).Image("train/a.bmp");

        folder.Open().Classes.Select(c => c.Name).ShouldBe(["pets", "cat", "dog"]);
    }

    [Fact]
    public void Gaps_between_ids_are_closed_or_kept()
    {
        using DataSetFolder folder =
            new DataSetFolder().Coco("train", "", """{"id": 90, "name": "z"}, {"id": 3, "name": "a"}""").Image("train/a.bmp");

        folder.Open().Classes.Select(c => (c.Index, c.CategoryId)).ShouldBe([(0, 3L), (1, 90L)]);
        ClassTable kept = folder.Open(new DataSetOptions { Classes = ClassRule.AsWritten }).Classes;
        (kept.Count, kept.LogitCount).ShouldBe((2, 91));
    }

    [Theory]
    [InlineData("train2017/a.bmp", "a.bmp")]
    [InlineData("images/train2017/a.bmp", "a.bmp")]
    [InlineData("images/a.bmp", "a.bmp")]
    [InlineData("train2017/a.bmp", "train2017/a.bmp")]
    public void COCOs_own_layout_with_the_usual_places_of_images(string image, string name)
    {
        string json =
            $$"""
            {"images": [{"id": 9, "file_name": "{{name}}", "width": 20, "height": 10}], "annotations": [],
             "categories": [{"id": 1, "name": "cat"}]}
            """;
        using DataSetFolder folder = new DataSetFolder().Text("annotations/instances_train2017.json", json).Image(image);

        DataSet data = folder.Open();

        data.Layout.ShouldBe(DataSetLayout.Coco);
        data.Splits[0].Name.ShouldBe("train2017");
        data.Split("train").Images[0].File.ShouldBe(Path.GetFullPath(folder.At(image)));
    }

    [Fact]
    public void YOLO_boxes_and_outlines()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Text(
                "data.yaml",
                "path: /somebody/elses/disk\ntrain: ../train/images\nval: valid/images\nnc: 2\nnames: ['cat', \"dog's\"]\n")
            .Image("train/images/b.bmp").Image("train/images/deep/a.bmp", 40, 20, 1).Image("valid/images/c.bmp")
            .Text("train/labels/b.txt", "1 0.5 0.5 0.5 0.4\n\n0 0.1 0.2 0.9 0.2 0.5 1\n")
            .Text("train/labels/deep/a.txt", "");

        DataSet data = folder.Open();

        data.Layout.ShouldBe(DataSetLayout.Yolo);
        data.Classes.Select(c => c.Name).ShouldBe(["cat", "dog's"]);
        data.Splits.Select(s => s.Name).ShouldBe(["train", "val"]);
        LabeledImage[] train = [.. data.Split("train").Images];
        train.Select(p => (p.Id, p.Name, p.Width, p.Height)).ShouldBe([(1, "b.bmp", 20, 10), (2, "deep/a.bmp", 40, 20)]);
        train[0].Objects[0].ShouldBe(new LabeledObject { Id = 1, ClassIndex = 1, Box = new(5, 3, 10, 4), Area = 40 });
        LabeledObject outline = train[0].Objects[1];
        outline.Box.ShouldBe(new BoxXywh(2, 2, 16, 8));
        outline.Area.ShouldBe(64);
        outline.Mask(train[0])!.Area.ShouldBeInRange(55, 70);
        data.Split("valid").Images[0].Objects.ShouldBeEmpty();
    }

    [Fact]
    public void YOLO_names_by_number_lists_of_images_and_labels_beside_them()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Text("data.yaml", "train: [one, two.txt]\nnames:\n  1: dog\n  0: cat\n")
            .Image("one/a.bmp")
                .Text("one/a.txt", "1 0.5 0.5 1 1").Image("elsewhere/b.bmp").Text("two.txt", "./elsewhere/b.bmp\n");

        DataSet data = folder.Open();

        data.Classes.Select(c => c.Name).ShouldBe(["cat", "dog"]);
        data.Split("train").Images.Select(p => (p.Name, p.Objects.Count)).ShouldBe([("elsewhere/b.bmp", 0), ("one/a.bmp", 1)]);
    }

    [Fact]
    public void Pascal_VOC()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Text("Annotations/a.xml", Voc("a.bmp", ("dog", 1, 1, 20, 10, 0), ("cat", 3, 4, 5, 6, 1)))
            .Text("Annotations/b.xml", Voc("odd.jpg"))
            .Image("JPEGImages/a.bmp").Image("JPEGImages/b.bmp")
            .Text("ImageSets/Main/train.txt", "a\n")
                .Text("ImageSets/Main/val.txt", "b  1\n").Text("ImageSets/Main/cat_train.txt", "a -1\n");

        DataSet data = folder.Open();

        data.Layout.ShouldBe(DataSetLayout.Voc);
        data.Classes.Select(c => c.Name).ShouldBe(["cat", "dog"]);
        data.Splits.Select(s => s.Name).ShouldBe(["train", "val"]);
        LabeledObject[] objects = [.. data.Split("train").Images[0].Objects];
        objects[0].Box.ShouldBe(new BoxXywh(0, 0, 20, 10));
        objects[1].Box.ShouldBe(new BoxXywh(2, 3, 3, 3));
        objects.Select(o => (o.ClassIndex, o.IsCrowd)).ShouldBe([(1, false), (0, true)]);
        data.Split("valid").Images[0].Name.ShouldBe("b.bmp");
    }

    [Fact]
    public void Pascal_VOC_beside_its_images_in_a_folder_for_each_split()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Text("train/a.xml", Voc("a.bmp", ("dog", 1, 1, 20, 10, 0))).Image("train/a.bmp")
            .Text("train/README.roboflow.txt", "").Image("train/without.bmp")
            .Text("valid/a.xml", Voc("elsewhere.jpg", ("cat", 3, 4, 5, 6, 0))).Image("valid/a.bmp");

        DataSet data = folder.Open();

        data.Layout.ShouldBe(DataSetLayout.Voc);
        data.Classes.Select(c => c.Name).ShouldBe(["cat", "dog"]);
        data.Splits.Select(s => s.Name).ShouldBe(["train", "valid"]);
        LabeledImage train = data.Split("train").Images.ShouldHaveSingleItem();
        (train.File, train.Objects[0].ClassIndex, train.Objects[0].Box)
            .ShouldBe((folder.At("train/a.bmp"), 1, new BoxXywh(0, 0, 20, 10)));
        LabeledImage valid = data.Split("valid").Images.ShouldHaveSingleItem();
        (valid.File, valid.Objects[0].ClassIndex, valid.Objects[0].Box)
            .ShouldBe((folder.At("valid/a.bmp"), 0, new BoxXywh(2, 3, 3, 3)));
    }

    [Fact]
    public void Pascal_VOC_beside_its_images_in_one_folder()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Text("a.xml", Voc("a.bmp", ("dog", 1, 1, 20, 10, 0))).Image("a.bmp").Text("labels.txt", "cat\ndog\n");

        DataSet data = folder.Open();

        data.Layout.ShouldBe(DataSetLayout.Voc);
        data.Classes.Select(c => c.Name).ShouldBe(["cat", "dog"]);
        DataSplit all = data.Splits.ShouldHaveSingleItem();
        (all.Name, all.Images.ShouldHaveSingleItem().Objects[0].ClassIndex).ShouldBe(("all", 1));
        DataSet.IsDataSet(folder.At(".")).ShouldBeTrue();
    }

    [Fact]
    public void Other_layouts_win_over_annotations_beside_images_and_xml_alone_is_none()
    {
        using DataSetFolder coco = new DataSetFolder()
            .Coco("train", Cat).Image("train/a.bmp").Text("train/a.xml", Voc("a.bmp", ("dog", 1, 1, 20, 10, 0)));
        coco.Open().Layout.ShouldBe(DataSetLayout.RoboflowCoco);

        using DataSetFolder none = new DataSetFolder().Text("train/annotations.xml", "<annotations/>").Image("train/a.bmp");
        Should.Throw<DataSetFormatException>(() => none.Open()).Message.ShouldContain(".xml files beside their images");
    }

    [Fact]
    public void A_file_instead_of_a_folder()
    {
        using DataSetFolder folder = new DataSetFolder().Coco("x", Cat).Image("x/a.bmp").Text("y.yaml", "train: x\nnames: [cat]");

        DataSet.Open(folder.At("x/_annotations.coco.json")).Splits.ShouldHaveSingleItem().Name.ShouldBe("all");
        DataSet.Open(folder.At("x")).Split("all").Images.Count.ShouldBe(1);
        DataSet.Open(folder.At("y.yaml")).Layout.ShouldBe(DataSetLayout.Yolo);
    }

    [Fact]
    public void Several_layouts_in_one_folder_are_not_guessed_about()
    {
        using DataSetFolder folder =
            new DataSetFolder().Coco("train", "").Image("train/a.bmp").Text("data.yaml", "train: train\nnames: [cat]");

        Should.Throw<DataSetFormatException>(() => folder.Open()).Message.ShouldContain(
            "holds several layouts (RoboflowCoco, Yolo)");
        folder.Open(new DataSetOptions { Layout = DataSetLayout.Yolo }).Layout.ShouldBe(DataSetLayout.Yolo);
    }

    [Fact]
    public void A_split_that_is_not_there_is_the_callers_mistake()
    {
        using DataSetFolder folder = new DataSetFolder().Coco("train", "").Image("train/a.bmp");

        Should.Throw<ArgumentException>(() => folder.Open().Split("test")).Message.ShouldContain(
            "has no split 'test'; it has 'train'");
    }

    internal static string Voc(
        string file, params (string Name, double X1, double Y1, double X2, double Y2, int Difficult)[] objects) =>
        Invariant.Text($"<annotation><filename>{file}</filename><size><width>20</width><height>10</height></size>")
        + string.Concat(objects.Select(o => Invariant.Text(
            $"<object><name>{o.Name}</name><difficult>{o.Difficult}</difficult><bndbox><xmin>{o.X1}</xmin><ymin>{o.Y1}</ymin>"
                + $"<xmax>{o.X2}</xmax><ymax>{o.Y2}</ymax></bndbox></object>")))
        + "</annotation>";
}
