namespace RfDetr.Tests.Selection;

/// <summary>From the reference's logits and boxes to its detections (scores, labels, boxes for an image of 480×640).</summary>
public sealed class PostProcessGoldenTests
{
    private const int ImageHeight = 480;
    private const int ImageWidth = 640;

    public static TheoryData<string> Files =>
        [
            .. Directory.GetFiles(Goldens.Path("forward"), "*.safetensors")
                .Select(path => Path.GetFileNameWithoutExtension(path)).Order()
        ];

    [Fact]
    public void All_forward_goldens_are_here() => Files.Count.ShouldBe(19);

    [Theory]
    [MemberData(nameof(Files))]
    public void Selection_equals_the_reference(string file)
    {
        SafetensorsGolden golden = SafetensorsGolden.Load($"forward/{file}.safetensors");
        int[] shape = golden.Shape("pred_logits");
        (int batch, int queries, int classes) = (shape[0], shape[1], shape[2]);
        float[] logits = golden.Floats("pred_logits"), boxes = golden.Floats("pred_boxes");
        float[] scores = golden.Floats("post.scores"), expectedBoxes = golden.Floats("post.boxes");
        long[] labels = golden.Longs("post.labels");
        int selected = golden.Shape("post.scores")[1];
        var options = new SelectionOptions { NumSelect = selected, ScoreThreshold = SelectionOptions.NoThreshold };

        for (int image = 0; image < batch; image++)
        {
            var output = new Candidate[selected];
            Selector.Run(
                logits.AsSpan(image * queries * classes, queries * classes), queries, classes, options, output)
                .ShouldBe(selected);
            var ours = new List<Row>();
            var reference = new List<Row>();
            for (int i = 0; i < selected; i++)
            {
                int at = image * selected + i, row = (image * queries + output[i].Query) * 4;
                var box = new BoxCxCyWh(boxes[row], boxes[row + 1], boxes[row + 2], boxes[row + 3]);
                ours.Add(new Row(output[i].Score, output[i].Label, box.ToPixels(ImageWidth, ImageHeight)));
                int e = at * 4;
                reference.Add(
                    new Row(
                        scores[at], (int)labels[at],
                        new BoxXyxy(expectedBoxes[e], expectedBoxes[e + 1], expectedBoxes[e + 2], expectedBoxes[e + 3])));
            }

            // torch.topk of 1.4.1 leaves the order of equal scores open (a pair in xlarge comes reversed); ours is by index.
            int tied = PutEqualScoresByLabel(reference, reference);
            PutEqualScoresByLabel(ours, reference).ShouldBe(tied);
            tied.ShouldBeLessThanOrEqualTo(4);
            for (int i = 0; i < selected; i++)
                ShouldBeClose(ours[i], reference[i], $"{file}, image {image}, rank {i}");
        }
    }

    /// <summary>
    /// Orders each run of ranks that have equal scores in <paramref name="reference"/>; returns how many ranks that touched.
    /// </summary>
    private static int PutEqualScoresByLabel(List<Row> rows, List<Row> reference)
    {
        float[] scores = [.. reference.Select(row => row.Score)];
        int touched = 0;
        for (int start = 0, end; start < rows.Count; start = end)
        {
            for (end = start + 1; end < rows.Count && scores[end] == scores[start];)
                end++;
            if (end - start == 1)
                continue;
            rows.Sort(start, end - start, Comparer<Row>.Create((a, b) => a.Label.CompareTo(b.Label)));
            touched += end - start;
        }

        return touched;
    }

    private static void ShouldBeClose(Row ours, Row expected, string where)
    {
        ours.Label.ShouldBe(expected.Label, where);
        ours.Score.ShouldBe(expected.Score, 1.2e-7f, where);
        ours.Box.X1.ShouldBe(expected.Box.X1, 1e-4f, where);
        ours.Box.Y1.ShouldBe(expected.Box.Y1, 1e-4f, where);
        ours.Box.X2.ShouldBe(expected.Box.X2, 1e-4f, where);
        ours.Box.Y2.ShouldBe(expected.Box.Y2, 1e-4f, where);
    }

    private sealed record Row(float Score, int Label, BoxXyxy Box);
}
