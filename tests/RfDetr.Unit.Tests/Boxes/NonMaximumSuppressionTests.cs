namespace RfDetr.Tests.Boxes;

public sealed class NonMaximumSuppressionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Equals_the_definition_on_random_boxes(bool byClass)
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            int n = random.Next(0, 60);
            var boxes = new BoxXyxy[n];
            var scores = new float[n];
            var labels = new int[n];
            for (int i = 0; i < n; i++)
            {
                float x = random.Next(20), y = random.Next(20);
                boxes[i] = new BoxXyxy(x, y, x + random.Next(12), y + random.Next(12));
                scores[i] = random.Next(8) / 8f; // many ties
                labels[i] = random.Next(3);
            }

            int[] used = byClass ? labels : [];
            float threshold = random.Next(11) / 10f;
            NonMaximumSuppression.Run(boxes, scores, used, threshold).ShouldBe(Naive(boxes, scores, used, threshold));
        }
    }

    [Fact]
    public void A_box_at_exactly_the_threshold_stays()
    {
        BoxXyxy[] boxes = [new(0, 0, 2, 1), new(1, 0, 3, 1)]; // IoU 1/3
        NonMaximumSuppression.Run(boxes, [0.9f, 0.8f], [], 1f / 3).ShouldBe([0, 1]);
        NonMaximumSuppression.Run(boxes, [0.9f, 0.8f], [], 0.33f).ShouldBe([0]);
    }

    [Fact]
    public void A_NaN_score_ranks_last()
    {
        BoxXyxy[] boxes = [new(0, 0, 1, 1), new(0, 0, 1, 1)];
        NonMaximumSuppression.Run(boxes, [float.NaN, 0.1f], [], 0.5f).ShouldBe([1]);
    }

    [Fact]
    public void Mismatched_lengths_are_the_callers_mistake()
    {
        Should.Throw<ArgumentException>(() =>
            NonMaximumSuppression.Run(new BoxXyxy[2], new float[1], [], 0.5f)).Message.ShouldContain("2 boxes and 1 scores");
        Should.Throw<ArgumentException>(() =>
            NonMaximumSuppression.Run(new BoxXyxy[2], new float[2], new int[3], 0.5f)).Message.ShouldContain("3 labels");
        Should.Throw<ArgumentOutOfRangeException>(() => NonMaximumSuppression.Run([], [], [], float.NaN));
    }

    private static int[] Naive(BoxXyxy[] boxes, float[] scores, int[] labels, float threshold)
    {
        var left = Enumerable.Range(0, boxes.Length).OrderByDescending(i => scores[i]).ToList(); // OrderBy is stable
        var kept = new List<int>();
        while (left.Count > 0)
        {
            int best = left[0];
            kept.Add(best);
            left.RemoveAt(0);
            left.RemoveAll(i => (labels.Length == 0 || labels[i] == labels[best]) && boxes[i].IoU(boxes[best]) > threshold);
        }

        return [.. kept];
    }
}
