using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

/// <summary>Broken data sets and what is said about them before a run begins.</summary>
public class BrokenDataSetTests
{
    private static readonly Dictionary<string, (Action<DataSetFolder> Make, string Message)> s_cases = new()
    {
        ["nothing"] = (
            f => Directory.CreateDirectory(f.Path),
            "no data set found; the folder is empty. Looked for train|valid|test/_annotations.coco.json (Roboflow COCO)"),
        ["no folder"] = (_ => { }, "there is no such folder."),
        ["other files"] = (f => f.Text("readme.txt", ""), "no data set found; the folder holds readme.txt."),
        ["coco: truncated"] =
            (f => f.Text("train/_annotations.coco.json", """{"images": [{"id": 1"""), "the file ends before its JSON does"),
        ["coco: missing image"] = (f => f.Coco("train", ""), "1 of 1 images are not in '"),
        ["coco: path out"] =
            (f => f.Coco("train", "", file: "../../secret.bmp"), "images[0].file_name is '../../secret.bmp', which leads out of"),
        ["coco: absolute path"] =
            (f => f.Coco("train", "", file: "/etc/hostname"), "images[0].file_name is '/etc/hostname', which leads out of"),
        ["coco: drive"] = (f => f.Coco("train", "", file: @"C:\\a.bmp"), "which leads out of"),
        ["coco: long name"] = (
            f => f.Coco("train", "", file: new string('x', 3_000_000)),
            "xxx', which is longer than the path of a file can be."),
        ["coco: long name of 256"] = (
            f => f.Coco("train", "", file: new string('x', 256)), "', which is longer than the path of a file can be."),
        ["coco: long name in bytes"] = (
            f => f.Coco("train", "", file: new string('é', 128)), "', which is longer than the path of a file can be."),
        ["coco: long path"] = (
            f => f.Coco("train", "", file: string.Concat(Enumerable.Repeat("a/", 2100)) + "a.bmp"),
            "which is longer than the path of a file can be."),
        ["coco: long class"] = (
            f => f.Coco("train", "", $$"""{"id": 1, "name": "{{new string('c', 1001)}}"}""").Image("train/a.bmp"),
            "…' has a name of 1001 characters; there are at most 1000."),
        ["yolo: long folder"] = (
            f => f.Text("data.yaml", $"names: [cat]\ntrain: {new string('x', 256)}"),
            "is longer than the path of a file can be; give a folder of images or a .txt list."),
        ["yolo: many classes"] = (
            f => f.Text("data.yaml", $"names: [{string.Join(',', Enumerable.Range(0, 50_001))}]\ntrain: x"),
            "names 50001 classes; there are at most 50000."),
        ["voc: long class"] = (
            f => f.Text("Annotations/a.xml", $"""
                <annotation><filename>{new string('x', 900)}</filename><object><name>{new string('c', 1001)}</name><bndbox>
                <xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>
                """).Image("JPEGImages/a.bmp"),
            "has a name of 1001 characters"),
        ["coco: no classes"] =
            (f => f.Coco("train", "", "").Image("train/a.bmp"), "'categories' is empty; there is no class to learn."),
        ["coco: blank class"] =
            (f => f.Coco("train", "", """{"id": 1, "name": " "}""").Image("train/a.bmp"), "categories[0] has no 'name'."),
        ["coco: no file name"] = (f => f.Coco("train", "", file: "").Image("train/a.bmp"), "images[0] has no 'file_name'."),
        ["coco: no size anywhere"] = (f => f.Text("train/_annotations.coco.json",
            """{"images": [{"id": 1, "file_name": "a.bmp"}], "annotations": [], "categories": [{"id": 1, "name": "cat"}]}""")
                .Text("train/a.bmp", "BM?"),
            "has no size of 'a.bmp', and the image itself is of no help"),
        ["coco: splits disagree"] = (
            f => f.Coco("train", "").Image("train/a.bmp").Coco("valid", "", """{"id": 1, "name": "bird"}""").Image("valid/a.bmp"),
            "category 1 is 'bird', but in '"),
        ["yolo: not yaml"] = (f => f.Text("data.yaml", "names: [cat\ntrain: x"), "is not YAML"),
        ["yolo: brackets"] = (f => f.Text("data.yaml", new string('[', 100_000)), "nests values more than 32 deep"),
        ["yolo: alias"] = (f => f.Text("data.yaml", "names: &a [cat]\ntrain: *a"), "line 2: uses the alias '*a'"),
        ["yolo: alias to itself"] = (f => f.Text("data.yaml", "&a [*a]"), "uses the alias '*a'"),
        ["yolo: list as a key"] = (f => f.Text("data.yaml", "? [cat, dog]\n: x"), "has a list or a map as a key"),
        ["yolo: map as a nested key"] = (
            f => f.Text("data.yaml", "train: x\nnames:\n  {0: {? {a: b} : c}}"), "has a list or a map as a key"),
        ["yolo: keypoints"] = (f => f.Text("data.yaml", "train: x\nnames: [cat]\nkpt_shape: 17"),
            "kpt_shape: must be the number of keypoints and 2 or 3"),
        ["yolo: keypoint line"] = (f => Yolo(f, "0 0.5 0.5 1 1 0.1 0.2 0.3 0.4", "kpt_shape: [2, 3]"),
            "line 1: has 9 values; by kpt_shape a line has 5"),
        ["yolo: a list"] = (f => f.Text("data.yaml", "- cat"), "is no YAML map"),
        ["yolo: no names"] = (f => f.Text("data.yaml", "train: x"), "has no 'names:'"),
        ["yolo: no splits"] = (f => f.Text("data.yaml", "names: [cat]"), "names no images; give 'train:'"),
        ["yolo: empty names"] = (f => f.Text("data.yaml", "train: x\nnames: []"), "names: is empty"),
        ["yolo: nc differs"] = (f => f.Text("data.yaml", "train: x\nnc: 3\nnames: [cat]"), "nc: is 3, but names: has 1 classes"),
        ["yolo: gap in names"] = (
            f => f.Text("data.yaml", "train: x\nnames: {0: cat, 2: dog}"),
            "names: has the key '2', but 2 classes must be numbered 0 to 1"),
        ["yolo: nested name"] = (f => f.Text("data.yaml", "train: x\nnames: [[cat]]"), "names[0] must be a text."),
        ["yolo: folder missing"] = (f => f.Text("data.yaml", "train: x\nnames: [cat]"), "train: 'x' is not below '"),
        ["yolo: folder outside"] = (f => f.Text("data.yaml", "train: /etc\nnames: [cat]"), "train: '/etc' is not below '"),
        ["yolo: no images"] =
            (f => f.Text("data.yaml", "train: x\nnames: [cat]").Text("x/readme.md", ""), "train: no images in 'x'."),
        ["yolo: list entry"] = (
            f => f.Text("data.yaml", "train: l.txt\nnames: [cat]").Text("l.txt", "\n../../a.bmp"),
            "line 2: '../../a.bmp' is not below '"),
        ["yolo: broken image"] =
            (f => f.Text("data.yaml", "train: images\nnames: [cat]").Text("images/a.png", "hello"), "a.png: not an image"),
        ["yolo: class of letters"] = (f => Yolo(f, "cat 0.5 0.5 1 1"), "line 1: 'cat' is no number."),
        ["yolo: fractional class"] = (f => Yolo(f, "0.5 0.5 0.5 1 1"), "line 1: class 0.5 is no whole number from 0 on"),
        ["yolo: pixels"] =
            (f => Yolo(f, "0 320 240 10 10"), "line 1: 320 is no share of the image (0..1), but perhaps a number of pixels"),
        ["yolo: four values"] = (f => Yolo(f, "0 0.5 0.5 1"), "line 1: has 4 values; a box has 5"),
        ["yolo: even outline"] = (f => Yolo(f, "0 0.5 0.5 1 1 0.5 0.5 0.7"), "line 1: has 8 values"),
        ["yolo: NaN"] = (f => Yolo(f, "0 NaN 0.5 1 1"), "line 1: 'NaN' is no number."),
        ["voc: not XML"] = (f => Voc(f, "<annotation>"), "is not XML"),
        ["voc: document type"] =
            (f => Voc(f, "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><annotation>&x;</annotation>"), "is not XML"),
        ["voc: another root"] = (f => Voc(f, "<doc/>"), "its root is <doc>"),
        ["voc: nested deeply"] = (f => Voc(f, "<annotation>" + string.Concat(Enumerable.Repeat("<a>", 50_000))),
            "nests values more than 32 deep"),
        ["voc: no name"] = (f => Voc(f, LayoutTests.Voc("a.bmp", (" ", 1, 1, 2, 2, 0))), "object 1 has no <name>."),
        ["voc: no box"] = (
            f =>
                Voc(
                    f,
                    "<annotation><size><width>20</width><height>10</height></size>"
                        + "<object><name>cat</name></object></annotation>"),
            "object 1 ('cat') has no <bndbox>."),
        ["voc: NaN"] = (
            f => Voc(f, LayoutTests.Voc("a.bmp", ("cat", double.NaN, 1, 2, 2, 0))),
            "object 1 ('cat'): <xmin> is 'NaN'; it must be a number of pixels."),
        ["voc: nothing named"] = (f => Voc(f, LayoutTests.Voc("a.bmp")), "no annotation names an object"),
        ["voc: label missing"] = (
            f => Voc(f, LayoutTests.Voc("a.bmp", ("cat", 1, 1, 2, 2, 0))).Text("labels.txt", "dog"),
            "has no class 'cat', which some annotations name"),
        ["voc: list of unknown"] = (
            f => Voc(f, LayoutTests.Voc("a.bmp", ("cat", 1, 1, 2, 2, 0))).Text("ImageSets/Main/train.txt", "a\nzz"),
            "lists 'zz', but Annotations has no readable .xml file of that name."),
        ["voc: image missing"] = (
            f => f.Text("Annotations/a.xml", LayoutTests.Voc("a.bmp", ("cat", 1, 1, 2, 2, 0))).Image("JPEGImages/b.bmp"),
            "1 of 1 images are not in '"),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Says_what_is_wrong(string name)
    {
        using var folder = new DataSetFolder();
        s_cases[name].Make(folder);

        DataSetFormatException e = Should.Throw<DataSetFormatException>(() => folder.Open());

        e.Message.ShouldContain(s_cases[name].Message);
        e.Message.ShouldStartWith(e.File);
        (e.Message.Length - e.File.Length).ShouldBeLessThan(2100, "a file can say megabytes");
        DataDoctor.Examine(folder.Path).Count(FindingLevel.Error).ShouldBeGreaterThan(0); // the doctor reports what others throw
    }

    [Fact]
    public void A_mask_of_another_size_is_named_when_it_is_asked_for()
    {
        using DataSetFolder folder = new DataSetFolder().Image("train/a.bmp")
            .Coco(
                "train",
                """
                {"id": 5, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 4,
                 "segmentation": {"size": [20, 10], "counts": [200]}}
                """);
        LabeledImage image = folder.Open().Split("train").Images[0];

        Should.Throw<DataSetFormatException>(() => image.Objects[0].Mask(image)).Message.ShouldContain(
            "the mask of object 5 cannot be used: a mask of size [20, 10]");
    }

    private static void Yolo(DataSetFolder folder, string labels, string more = "") =>
        folder.Text("data.yaml", $"train: images\nnames: [cat]\n{more}").Image("images/a.bmp").Text("labels/a.txt", labels);

    private static DataSetFolder Voc(DataSetFolder folder, string xml) =>
        folder.Text("Annotations/a.xml", xml).Image("JPEGImages/a.bmp");
}
