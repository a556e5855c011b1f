using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

public sealed class CocoComparisonTests
{
    private static readonly CocoImage[] s_images = [new(1, "a.jpg", 20, 10), new(2, "b.jpg", 20, 10)];
    private static readonly CocoPolygons s_square = new([[2, 2, 2, 8, 8, 8, 8, 2]]);

    [Fact]
    public void A_detection_without_mask_is_compared_as_the_polygon_of_its_box()
    {
        EvaluationInput input = Match([new CocoDetection(1, 5, .5, new BoxXywh(2, 2, 6, 6), null)], EvaluationKind.Masks);
        input.Found[0].Mask.ShouldBe(input.Truth[0].Mask);
        input.Found[0].Area.ShouldBe(36);
    }

    [Fact]
    public void The_first_entry_decides_what_areas_are()
    {
        var mask = new CocoRunLengths(10, 20, RleMask.FromPolygons(10, 20, s_square.Outlines).ToCompressedString());
        EvaluationInput both = Match([new CocoDetection(1, 5, .5, new BoxXywh(0, 0, 9, 9), mask)], EvaluationKind.Masks);
        both.Found[0].Area.ShouldBe(81);
        EvaluationInput masks = Match([new CocoDetection(1, 5, .5, null, mask)], EvaluationKind.Masks);
        masks.Found[0].Area.ShouldBe(36);
        EvaluationInput boxes = Match([new CocoDetection(1, 5, .5, null, mask)], EvaluationKind.Boxes);
        boxes.Found[0].Box.ShouldBe(new BoxXywh(2, 2, 6, 6));
        boxes.Found[0].Mask.ShouldBeNull();
    }

    [Fact]
    public void An_annotation_of_id_0_is_never_found_as_in_pycocotools()
    {
        CocoFile truth = Truth(new CocoAnnotation { Id = 0, ImageId = 1, CategoryId = 5, Box = new(2, 2, 6, 6), Area = 36 });
        EvaluationInput input =
            CocoComparison.Match(truth, [new CocoDetection(1, 5, .5, new BoxXywh(2, 2, 6, 6), null)], "dt", EvaluationKind.Boxes);
        CocoEvaluator.Evaluate(input).Metrics.AveragePrecision().ShouldBe(0);
        CocoEvaluator.Evaluate(
            input with { Truth = [input.Truth[0] with { NeverFound = false }] }).Metrics.AveragePrecision().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused_by_entry()
    {
        Should.Throw<DataSetFormatException>(() => Match([Good(), Good() with { ImageId = 9 }], EvaluationKind.Boxes)).Message
            .ShouldBe(
                "dt.json: detection[1]: is of image 9, which 'gt.json' does not have; are the detections of another data "
                    + "set or split?");
        var foreign = new CocoRunLengths(20, 10, [200]);
        Should.Throw<DataSetFormatException>(() =>
            Match([Good(), Good() with { Segmentation = foreign }], EvaluationKind.Masks)).Message
            .ShouldStartWith("dt.json: detection[1]: a mask of size [20, 10]");
        CocoFile bare = Truth(new CocoAnnotation { Id = 3, ImageId = 1, CategoryId = 5, Box = new(2, 2, 6, 6), Area = 36 });
        Should.Throw<DataSetFormatException>(() => CocoComparison.Match(bare, [], "dt.json", EvaluationKind.Masks)).Message
            .ShouldBe(
                "gt.json: annotations[0]: annotation 3 has no 'segmentation'; compare boxes (kind bbox), or give every "
                    + "annotation a mask");
    }

    [Fact]
    public void Results_written_are_read_back_exactly()
    {
        using var folder = new TemporaryFolder();
        RleMask mask = RleMask.FromPolygons(10, 20, s_square.Outlines);
        FoundObject[] found =
        [
            new(1, 5, .1234567f, new BoxXywh(1.1f, 2.2f, 3.3f, 4.4f)) { Mask = mask },
            new(2, 5, 1e-9, new BoxXywh(0, 0, 20, 10)) { Mask = RleMask.Empty(10, 20) }
        ];
        FoundJson.Write(folder["boxes.json"], found, EvaluationKind.Boxes);
        FoundJson.Write(folder["masks.json"], found, EvaluationKind.Masks);
        CocoFile.ReadResults(folder["boxes.json"]).ShouldBe(
            [.. found.Select(f => new CocoDetection(f.ImageId, f.CategoryId, f.Score, f.Box, null))]);
        IReadOnlyList<CocoDetection> masks = CocoFile.ReadResults(folder["masks.json"]);
        masks.Select(m => m.Box).ShouldAllBe(b => b == null);
        masks.Select(m => ((CocoRunLengths)m.Segmentation!).ToMask()).ShouldBe([mask, RleMask.Empty(10, 20)]);
        Should.Throw<ArgumentException>(() =>
            FoundJson.Write(folder["none.json"], [new(1, 5, .5, default)], EvaluationKind.Masks))
            .Message.ShouldContain("no mask");
        File.Exists(folder["none.json"]).ShouldBeFalse();
    }

    /// <summary>The numbers that pycocotools gives for odd files, against the same said in an ordinary one.</summary>
    [Theory]
    [InlineData("ids as text", true)]
    [InlineData("numbers as text", true)]
    [InlineData("no sizes and names", true)]
    [InlineData("sizes of no image", true)]
    [InlineData("undeclared category", true)]
    [InlineData("unlisted image", true)]
    [InlineData("image twice", true)]
    [InlineData("broken masks", true)]
    [InlineData("ids as words", true)]
    [InlineData("words decide the order of equal scores", false)]
    public void Odd_files_give_the_same_numbers(string oddity, bool same)
    {
        const string Truth = """
            {"images": [{"id": 1, "file_name": "a.jpg", "width": 20, "height": 10}, {"id": 2,
              "file_name": "b.jpg", "width": 20, "height": 10}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 5, "bbox": [2, 2, 6, 6], "area": 36, "iscrowd": 0,
              "segmentation": [[2, 2, 2, 8, 8, 8]]}],
             "categories": [{"id": 5, "name": "five"}]}
            """;
        const string Found = """
            [{"image_id": 1, "category_id": 5, "score": 0.5, "bbox": [2, 2, 6, 6]},
             {"image_id": 2, "category_id": 5, "score": 0.5, "bbox": [2, 2, 6, 6]}]
            """;
        (string truth, string found) = oddity switch
        {
            "ids as text" => (Ids(Truth, "\"1\"", "\"2\""), Ids(Found, "\"1\"", "\"2\"")),
            "ids as words" => (Ids(Truth, "\"a\"", "\"b\""), Ids(Found, "\"a\"", "\"b\"")),
            "words decide the order of equal scores" => (Ids(Truth, "\"b\"", "\"a\""), Ids(Found, "\"b\"", "\"a\"")),
            "numbers as text" =>
                (Truth.Replace("[2, 2, 6, 6]", "[\"2\", 2, \"6.0\", 6]").Replace("36", "\"36\""),
                    Found.Replace("0.5", "\"0.5\"")),
            "no sizes and names" =>
                (
                    Truth.Replace(", \"file_name\": \"a.jpg\", \"width\": 20, \"height\": 10", "")
                        .Replace("\"width\": 20", "\"width\": null"), Found),
            "sizes of no image" =>
                (Truth.Replace("\"width\": 20, \"height\": 10", "\"width\": -1, \"height\": 70000"), Found),
            "undeclared category" =>
                (
                    Truth.Replace("\"annotations\": [",
                        "\"annotations\": [{\"id\": 3, \"image_id\": 1, \"category_id\": 6, \"bbox\": [0, 0, 1, 1]},"), Found),
            "unlisted image" =>
                (
                    Truth.Replace("\"annotations\": [",
                        "\"annotations\": [{\"id\": 3, \"image_id\": 9, \"category_id\": 5, \"bbox\": [0, 0, 1, 1]},"), Found),
            "image twice" =>
                (
                    Truth.Replace("\"images\": [",
                        "\"images\": [{\"id\": 2, \"file_name\": \"c.jpg\", \"width\": 20, \"height\": 10},"), Found),
            _ => (Truth.Replace("[[2, 2, 2, 8, 8, 8]]", "[[1, 2], 3]"), Found),
        };

        IReadOnlyList<double> plain = Stats(Truth, Found), odd = Stats(truth, found);
        if (same)
            odd.ShouldBe(plain);
        else
            odd[0].ShouldBe(plain[0] / 2, 1e-9); // the wrong one comes first now
    }

    [Theory]
    [InlineData("NaN", 1, 1, 1)] // neither below nor above any limit
    [InlineData("-4", -1, -1, -1)] // below every limit: ignored
    [InlineData("36", 1, 1, -1)]
    public void Areas_decide_as_pycocotools_compares_them(string area, double all, double small, double large)
    {
        string truth =
            $$"""
            {"images": [{"id": 1}], "categories": [{"id": 5}], "annotations": [
              {"id": 1, "image_id": 1, "category_id": 5, "bbox": [2, 2, 6, 6], "area": {{area}}, "iscrowd": 0}]}
            """;
        IReadOnlyList<double> stats = Stats(truth, """[{"image_id": 1, "category_id": 5, "score": 0.5, "bbox": [2, 2, 6, 6]}]""");
        ((double[])[stats[0], stats[3], stats[5]]).ShouldBe([all, small, large], 1e-9);
    }

    [Fact]
    public void Of_annotations_with_one_id_the_last_stands_for_all_as_in_pycocotools()
    {
        const string Truth = """
            {"images": [{"id": 1}], "categories": [{"id": 5}], "annotations": [
             {"id": 1, "image_id": 1, "category_id": 5, "bbox": [9, 2, 6, 6], "area": 36},
             {"id": 1, "image_id": 1, "category_id": 5, "bbox": [2, 2, 6, 6], "area": 36}]}
            """;
        CocoFile truth = CocoFile.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Truth)), "gt.json");
        CocoComparison.Match(truth, [], "dt", EvaluationKind.Boxes).Truth.Select(t => t.Box.X).ShouldBe([2, 2]);
    }

    [Fact]
    public void Masks_without_a_size_name_the_field()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["gt.json"], """
            {"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 5}],
             "annotations": [
               {"id": 1, "image_id": 1, "category_id": 5, "bbox": [2, 2, 6, 6], "segmentation": [[2, 2, 2, 8, 8, 8]]}]}
            """);
        File.WriteAllText(folder["dt.json"], "[]");
        Should.Throw<DataSetFormatException>(
            () => CocoComparison.Run(folder["gt.json"], folder["dt.json"], new EvaluationOptions { Kind = EvaluationKind.Masks }))
            .Message.ShouldContain("annotations[0]: its image 'a.jpg' has no 'width' and 'height', which masks need");
    }

    private static string Ids(string json, string one, string two) => json
        .Replace("\"image_id\": 1", $"\"image_id\": {one}").Replace("\"image_id\": 2", $"\"image_id\": {two}")
        .Replace("\"images\": [{\"id\": 1", $"\"images\": [{{\"id\": {one}").Replace("}, {\"id\": 2", $"}}, {{\"id\": {two}");

    private static IReadOnlyList<double> Stats(string truth, string found)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["gt.json"], truth);
        File.WriteAllText(folder["dt.json"], found);
        return CocoComparison.Run(folder["gt.json"], folder["dt.json"]).Metrics.Stats;
    }

    private static CocoDetection Good() => new(1, 5, .5, new BoxXywh(2, 2, 6, 6), null);

    private static EvaluationInput Match(IReadOnlyList<CocoDetection> found, EvaluationKind kind) =>
        CocoComparison.Match(
            Truth(
                new CocoAnnotation
                {
                    Id = 1,
                    ImageId = 1,
                    CategoryId = 5,
                    Box = new(2, 2, 6, 6),
                    Area = 36,
                    Segmentation = s_square
                }),
            found, "dt.json", kind);

    private static CocoFile Truth(CocoAnnotation annotation) =>
        new("gt.json", s_images, [new CocoCategory(5, "five")], [annotation]);
}
