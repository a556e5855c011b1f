using RfDetr.Vision;

namespace RfDetr.Tests.Selection;

/// <summary>From the reference's logits and boxes to its detections (scores, labels, boxes for a picture of 480×640).</summary>
public sealed class PostProcessGoldenTests
{
    private const int ImageHeight = 480;
    private const int ImageWidth = 640;

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Goldens.Path("forward"), "*.safetensors").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

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
            Selector.Run(logits.AsSpan(image * queries * classes, queries * classes), queries, classes, options, output).ShouldBe(selected);
            for (int i = 0; i < selected; i++)
            {
                int at = image * selected + i;
                output[i].Label.ShouldBe((int)labels[at], $"label of rank {i}");
                output[i].Score.ShouldBe(scores[at], 1.2e-7f, $"score of rank {i}");
                ReadOnlySpan<float> box = boxes.AsSpan((image * queries + output[i].Query) * 4, 4);
                BoxXyxy pixels = new BoxCxCyWh(box[0], box[1], box[2], box[3]).ToPixels(ImageWidth, ImageHeight);
                ReadOnlySpan<float> expected = expectedBoxes.AsSpan(at * 4, 4);
                pixels.X1.ShouldBe(expected[0], 1e-4f);
                pixels.Y1.ShouldBe(expected[1], 1e-4f);
                pixels.X2.ShouldBe(expected[2], 1e-4f);
                pixels.Y2.ShouldBe(expected[3], 1e-4f);
            }
        }
    }
}
