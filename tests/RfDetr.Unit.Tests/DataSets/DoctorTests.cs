using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

public class DoctorTests
{
    private static readonly Dictionary<string, (
        Action<DataSetFolder> Make, string Code, FindingLevel Level, string Text)> s_cases = new()
        {
            ["empty box"] = (f => Train(f, Box(1, 1, 0, 5)), "box-empty", FindingLevel.Error, "1 box has no area"),
            ["negative box"] = (f => Train(f, Box(9, 9, -3, -5)), "box-empty", FindingLevel.Error, "1 box has no area"),
            ["box outside"] =
                (f => Train(f, Box(30, 1, 5, 5)), "box-outside", FindingLevel.Error, "1 box lies outside of the image"),
            ["box beyond"] =
                (f => Train(f, Box(10, 1, 15, 5)), "box-beyond", FindingLevel.Warning, "1 box reaches more than a pixel beyond"),
            ["box twice"] = (
                f => Train(f, Box(1, 1, 8, 8, id: 1) + "," + Box(1, 1, 8, 8, id: 2)), "box-duplicated", FindingLevel.Warning,
                "1 object is annotated twice"),
            ["id twice"] = (
                f => Train(f, Box(1, 1, 8, 8) + "," + Box(9, 1, 8, 8)), "annotation-ids", FindingLevel.Warning,
                "1 annotation id is used twice"),
            ["class unused"] = (f => Train(f, Box(1, 1, 8, 8)), "class-unused", FindingLevel.Warning, "1 class has no examples"),
            ["gaps"] = (
                f => f.Image("train/a.bmp").Coco("train", "", """{"id": 1, "name": "a"}, {"id": 7, "name": "b"}"""), "class-ids",
                FindingLevel.Note, "the category ids 1 to 7 have 5 gaps"),
            ["same names"] = (
                f => f.Image("train/a.bmp").Coco("train", "", """{"id": 1, "name": "a"}, {"id": 2, "name": "A "}"""),
                "class-names", FindingLevel.Warning, "given to several ids"),
            ["no valid"] = (f => Train(f, ""), "split-missing", FindingLevel.Warning, "there is no split 'valid'"),
            ["no objects"] = (f => Train(f, ""), "image-empty", FindingLevel.Note, "1 image has no objects (100 %)"),
            ["other size"] = (
                f => f.Image("train/a.bmp", 10, 20).Coco("train", ""), "image-size", FindingLevel.Error,
                "1 image has another size"),
            ["broken image"] = (
                f => f.Text("train/a.bmp", "BM?").Coco("train", ""), "image-broken", FindingLevel.Error,
                "1 image cannot be read"),
            ["missing image"] = (f => f.Coco("train", ""), "format", FindingLevel.Error, "cannot be read as what"),
            ["tiny"] = (
                f => Train(f, Box(1, 1, 0.5, 0.3)), "object-tiny", FindingLevel.Warning,
                "smaller than a patch (16×16) once the image is 384×384: 100 %"),
            ["queries"] = (
                f => Train(f, string.Join(',', Enumerable.Range(0, 4).Select(i => Box(i, i, 8, 2, i)))), "queries",
                FindingLevel.Warning, "recall cannot exceed 75 %"),
            ["mask broken"] = (
                f => Train(f, Masked("{\"size\": [10, 20], \"counts\": \"!\"}")), "mask-broken", FindingLevel.Error,
                "1 mask cannot be decoded"),
            ["mask elsewhere"] = (
                f => Train(f, Masked("[[12, 1, 19, 1, 19, 9]]")), "mask-box", FindingLevel.Warning,
                "1 box does not belong to its mask"),
            ["mask missing"] = (
                f => Train(f, Masked("[[1, 1, 9, 1, 9, 9, 1, 9]]") + "," + Box(9, 1, 8, 8, 2)), "mask-missing",
                FindingLevel.Warning, "1 object has no mask while others have"),
            ["leak"] = (
                f => Train(f, "").Image("valid/a.bmp").Coco("valid", ""), "leak", FindingLevel.Error,
                "1 image is in several splits"),
            ["near leak"] = (
                f => Photos(f).Coco("train", "").Coco("valid", ""), "leak-near", FindingLevel.Warning,
                "1 pair of images of different splits look alike"),
        };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Finds(string name)
    {
        using var folder = new DataSetFolder();
        (Action<DataSetFolder> make, string code, FindingLevel level, string text) = s_cases[name];
        make(folder);

        DoctorReport report = DataDoctor.Examine(folder.Path, new DoctorOptions { Queries = 3 });

        DataFinding finding = report.Findings.Where(f => f.Code == code).ShouldHaveSingleItem(string.Join('\n', report.Findings));
        finding.Level.ShouldBe(level);
        finding.Text.ShouldContain(text);
        finding.Count.ShouldBe(Math.Max(finding.Examples.Count, finding.Count));
        finding.Examples.ShouldNotBeEmpty();
        report.Findings.Select(f => f.Level).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public void A_sound_data_set_has_no_findings_worth_mentioning()
    {
        using DataSetFolder folder = new DataSetFolder()
            .Image("train/a.bmp", number: 3).Coco("train", Box(1, 1, 8, 8, 1) + "," + Box(9, 1, 8, 8, 2, category: 2))
            .Image("valid/a.bmp", number: 200).Coco("valid", Box(1, 1, 8, 8, 1) + "," + Box(9, 1, 8, 8, 2, category: 2));

        DoctorReport report = DataDoctor.Examine(folder.Path);

        report.Findings.ShouldBeEmpty();
        report.Data!.Splits.Count.ShouldBe(2);
    }

    [Fact]
    public void Images_are_left_alone_when_only_annotations_are_asked_for()
    {
        using DataSetFolder folder = new DataSetFolder().Text("train/a.bmp", "BM?").Coco("train", "");

        DataDoctor.Examine(folder.Path, new DoctorOptions { ReadImages = false }).Count(FindingLevel.Error).ShouldBe(0);
    }

    [Fact]
    public void Examples_are_few_and_all_are_counted()
    {
        using DataSetFolder folder =
            Train(new DataSetFolder(), string.Join(',', Enumerable.Range(0, 9).Select(i => Box(i, 0, 0, 0, i))));

        DataFinding finding =
            DataDoctor.Examine(folder.Path, new DoctorOptions { Examples = 2 }).Findings.Single(f => f.Code == "box-empty");

        (finding.Count, finding.Examples.Count).ShouldBe((9, 2));
        finding.Examples[0].ShouldBe("a.bmp object 0 [0, 0, 0, 0]");
    }

    private static DataSetFolder Train(DataSetFolder folder, string annotations) =>
        folder.Image("train/a.bmp").Coco("train", annotations);

    // A smooth image, and the same a little brighter: other bytes, the same look.
    private static DataSetFolder Photos(DataSetFolder folder)
    {
        foreach ((string split, int light) in new[] { ("train", 0), ("valid", 2) })
            TestImages.WriteBmp(
                folder.At($"{split}/a.bmp"), 20, 10,
                (x, y) => ((byte)(x * 10 + light), (byte)(200 - x * 4 - y * 9 + light), (byte)(y * 12 + light)));
        return folder;
    }

    private static string Box(double x, double y, double width, double height, int id = 1, int category = 1) =>
        Invariant.Text(
            $$"""{"id": {{id}}, "image_id": 1, "category_id": {{category}}, "bbox": [{{x}}, {{y}}, {{width}}, {{height}}]}""");

    private static string Masked(string segmentation) =>
        $$"""{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 8, 8], "area": 64, "segmentation": {{segmentation}}}""";
}
