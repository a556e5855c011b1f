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
        EvaluationInput input = CocoComparison.Match(truth, [new CocoDetection(1, 5, .5, new BoxXywh(2, 2, 6, 6), null)], "dt", EvaluationKind.Boxes);
        CocoEvaluator.Evaluate(input).Metrics.AveragePrecision().ShouldBe(0);
        CocoEvaluator.Evaluate(input with { Truth = [input.Truth[0] with { NeverFound = false }] }).Metrics.AveragePrecision().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused_by_entry()
    {
        Should.Throw<DataSetFormatException>(() => Match([Good(), Good() with { ImageId = 9 }], EvaluationKind.Boxes)).Message
            .ShouldBe("dt.json: detection[1]: is of image 9, which 'gt.json' does not have; are the detections of another data set or split?");
        var foreign = new CocoRunLengths(20, 10, [200]);
        Should.Throw<DataSetFormatException>(() => Match([Good(), Good() with { Segmentation = foreign }], EvaluationKind.Masks)).Message
            .ShouldStartWith("dt.json: detection[1]: a mask of size [20, 10]");
        CocoFile bare = Truth(new CocoAnnotation { Id = 3, ImageId = 1, CategoryId = 5, Box = new(2, 2, 6, 6), Area = 36 });
        Should.Throw<DataSetFormatException>(() => CocoComparison.Match(bare, [], "dt.json", EvaluationKind.Masks)).Message
            .ShouldBe("gt.json: annotations[0]: annotation 3 has no 'segmentation'; compare boxes (kind bbox), or give every annotation a mask");
    }

    [Fact]
    public void Results_written_are_read_back_exactly()
    {
        using var folder = new TemporaryFolder();
        RleMask mask = RleMask.FromPolygons(10, 20, s_square.Outlines);
        FoundObject[] found = [new(1, 5, .1234567f, new BoxXywh(1.1f, 2.2f, 3.3f, 4.4f)) { Mask = mask }, new(2, 5, 1e-9, new BoxXywh(0, 0, 20, 10)) { Mask = RleMask.Empty(10, 20) }];
        FoundJson.Write(folder["boxes.json"], found, EvaluationKind.Boxes);
        FoundJson.Write(folder["masks.json"], found, EvaluationKind.Masks);
        CocoFile.ReadResults(folder["boxes.json"]).ShouldBe([.. found.Select(f => new CocoDetection(f.ImageId, f.CategoryId, f.Score, f.Box, null))]);
        IReadOnlyList<CocoDetection> masks = CocoFile.ReadResults(folder["masks.json"]);
        masks.Select(m => m.Box).ShouldAllBe(b => b == null);
        masks.Select(m => ((CocoRunLengths)m.Segmentation!).ToMask()).ShouldBe([mask, RleMask.Empty(10, 20)]);
        Should.Throw<ArgumentException>(() => FoundJson.Write(folder["none.json"], [new(1, 5, .5, default)], EvaluationKind.Masks)).Message.ShouldContain("no mask");
        File.Exists(folder["none.json"]).ShouldBeFalse();
    }

    private static CocoDetection Good() => new(1, 5, .5, new BoxXywh(2, 2, 6, 6), null);

    private static EvaluationInput Match(IReadOnlyList<CocoDetection> found, EvaluationKind kind) =>
        CocoComparison.Match(Truth(new CocoAnnotation { Id = 1, ImageId = 1, CategoryId = 5, Box = new(2, 2, 6, 6), Area = 36, Segmentation = s_square }), found, "dt.json", kind);

    private static CocoFile Truth(CocoAnnotation annotation) => new("gt.json", s_images, [new CocoCategory(5, "five")], [annotation]);
}
