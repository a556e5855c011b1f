namespace RfDetr.Tests.Comparing;

public class DetectionMatcherTests
{
    private static readonly DiffOptions s_options = new();

    [Fact]
    public void A_result_against_itself_matches_throughout()
    {
        Detections all = Result(
            D(0.9f, 0, 0, 10, 10), D(0.9f, 0, 0, 10, 10), D(0.8f, 5, 5, 5, 5), D(0.7f, 1, 1, 11, 11), D(0.4f, 50, 50, 60, 60));
        ImageDiff diff = DetectionMatcher.Match("p", all, all, s_options);
        (diff.Matched.Count, diff.Lost.Count, diff.New.Count, diff.Severity).ShouldBe((4, 0, 0, 0));
        diff.Matched.ShouldAllBe(m => m.IoU == 1 && m.ScoreShift == 0 && m.BoxShift == 0);
    }

    [Fact]
    public void Lost_and_new_are_told_with_what_the_other_saw_below_the_threshold()
    {
        Detections a = Result(D(0.9f, 0, 0, 10, 10), D(0.6f, 20, 0, 30, 10), D(0.55f, 40, 0, 50, 10));
        Detections b = Result(D(0.8f, 1, 0, 11, 10), D(0.7f, 60, 0, 70, 10), D(0.45f, 20, 0, 30, 9));
        ImageDiff diff = DetectionMatcher.Match("p", a, b, s_options);
        MatchedDetection match = diff.Matched.ShouldHaveSingleItem();
        match.IoU.ShouldBe(9 / 11f, 1e-6f);
        match.ScoreShift.ShouldBe(-0.1f, 1e-6f);
        match.BoxShift.ShouldBe(0.5f);
        diff.Lost.Select(u => u.OtherScore).ShouldBe([0.45f, null]);
        diff.New.ShouldHaveSingleItem().OtherScore.ShouldBeNull();
        diff.Severity.ShouldBe(0.15 + 0.55 + 0.7 + 0.1 + 1 - 9 / 11.0, 1e-6);
    }

    [Fact]
    public void Classes_are_matched_by_name_and_never_with_another()
    {
        Detections a = Result(D(0.9f, 0, 0, 10, 10, 1, "cat")), b = Result(D(0.9f, 0, 0, 10, 10, 7, "Cat")),
        c = Result(D(0.9f, 0, 0, 10, 10, 1, "dog"));
        DetectionMatcher.Match("p", a, b, s_options).Matched.Count.ShouldBe(1);
        DetectionMatcher.Match("p", a, c, s_options).ShouldSatisfyAllConditions(
            d => d.Lost.Count.ShouldBe(1), d => d.New.Count.ShouldBe(1));
    }

    [Fact]
    public void The_best_score_chooses_first_and_takes_the_largest_overlap()
    {
        List<Detection> a = [D(0.9f, 0, 0, 10, 10), D(0.8f, 0, 0, 10, 9)], b = [D(0.7f, 0, 0, 10, 8), D(0.6f, 0, 0, 10, 10)];
        DetectionMatcher.Pair(a, b, 0.5f).ShouldBe([1, 0]);
        DetectionMatcher.Pair(a, b, 0.95f).ShouldBe([1, -1]);
    }

    [Fact]
    public void Masks_are_compared_where_both_have_one()
    {
        RleMask left = RleMask.FromBox(10, 10, new BoxXyxy(0, 0, 4, 10)),
        wide = RleMask.FromBox(10, 10, new BoxXyxy(0, 0, 8, 10));
        Detections With(RleMask? mask) => Result(D(0.9f, 0, 0, 10, 10) with { Mask = mask });
        DetectionMatcher.Match("p", With(left), With(wide), s_options).Matched[0].MaskIoU.ShouldBe(0.5);
        DetectionMatcher.Match(
            "p", With(RleMask.Empty(10, 10)), With(RleMask.Empty(10, 10)), s_options).Matched[0].MaskIoU.ShouldBe(1);
        DetectionMatcher.Match("p", With(left), With(null), s_options).Matched[0].MaskIoU.ShouldBeNull();
    }

    [Fact]
    public void A_class_sums_its_images()
    {
        ImageDiff one = DetectionMatcher.Match(
            "1", Result(D(0.9f, 0, 0, 10, 10), D(0.6f, 20, 0, 30, 10)), Result(D(0.7f, 0, 0, 10, 10)), s_options);
        ImageDiff two = DetectionMatcher.Match(
            "2", Result(D(0.6f, 0, 0, 10, 10), D(0.4f, 50, 0, 60, 10)), Result(D(0.7f, 0, 0, 10, 10), D(0.6f, 50, 0, 60, 10)),
            s_options);
        ClassDiff sum = ClassDiff.Of("thing", [one, two], d => d.ClassName == "thing");
        (sum.Matched, sum.Lost, sum.LostBelow, sum.New, sum.NewBelow).ShouldBe((2, 1, 0, 1, 1));
        sum.ScoreShift.ShouldNotBeNull().ShouldBe(-0.05, 1e-6);
        sum.ScoreChange.ShouldNotBeNull().ShouldBe(0.15, 1e-6);
        sum.MaskIoU.ShouldBeNull();
        ClassDiff.Of("none", [one], _ => false).IoU.ShouldBeNull();
    }

    private static Detection D(float score, float x1, float y1, float x2, float y2, int id = 0, string name = "thing") =>
        FoundObjects.One(new BoxXyxy(x1, y1, x2, y2), score, id, name);

    private static Detections Result(params Detection[] items) => FoundObjects.All(100, 100, items);
}
