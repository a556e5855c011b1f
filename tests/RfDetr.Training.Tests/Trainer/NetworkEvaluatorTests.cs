using RfDetr.Cli.Commands;
using RfDetr.Data;
using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;
using RfDetr.Training;
using Spectre.Console;

namespace RfDetr.Tests.Trainer;

public sealed class NetworkEvaluatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableTheory]
    [InlineData(1, new[] { 1 }, 10)]
    [InlineData(5, new[] { 1, 5 }, 11)]
    [InlineData(10, new[] { 1, 10 }, 11)]
    [InlineData(500, new[] { 1, 10, 500 }, 12)]
    public void AnyLimitOfDetectionsIsMeasuredAndPrinted(int most, int[] limits, int lines)
    {
        NetworkEvaluation found = Evaluate(most);

        foreach (EvaluationResult result in (EvaluationResult[])[found.Boxes, found.Masks.ShouldNotBeNull()])
        {
            result.Metrics.Options.MaxDetections.ShouldBe(limits);
            result.Metrics.Stats.Count.ShouldBe(12);
            result.Metrics.Stats[6].ShouldBe(result.Metrics.AverageRecall(limit: 0));
            using var text = new StringWriter();
            EvaluationText.Print(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text) }), result);
            string[] printed = [.. text.ToString().Split('\n').Where(l => l.Contains("@[ IoU=", StringComparison.Ordinal))];
            printed.Length.ShouldBe(lines);
            printed[0].ShouldContain($"maxDets={most,3} ]");
        }
    }

    [Fact]
    public void ACrowdWithoutAMaskIsItsBox()
    {
        DataSplit split = Split();
        LabeledImage image = split.Images.Single();
        split.HasMasks.ShouldBeTrue();

        TruthObject crowd = TruthObject.Of(image, image.Objects[1], 1, masks: true),
        one = TruthObject.Of(image, image.Objects[0], 1, masks: true);

        crowd.Crowd.ShouldBeTrue();
        crowd.Mask.ShouldNotBeNull().BoundingBox.ShouldBe(new PixelRect(10, 2, 8, 4));
        crowd.Mask!.Area.ShouldBe(32);
        one.Crowd.ShouldBeFalse();
        one.Mask.ShouldNotBeNull().Area.ShouldBe(8);
        TruthObject.Of(image, image.Objects[1], 1, masks: false).Mask.ShouldBeNull();
    }

    public void Dispose() => _folder.Dispose();

    private NetworkEvaluation Evaluate(int most)
    {
        TinyRun.RequireTorch();
        ModelConfig config = TinyNetworks.Config(classes: 1);
        using var backend = new TorchBackend(new TorchBackendOptions { TrainableParameters = false });
        var network = new RfDetrNetwork(new Weights(new FormulaWeights("tiny"), backend), config);
        return new NetworkEvaluator(Split(), ResizeRule.Bilinear, 1, most, workers: 1).Run(new NetworkRunner(network, backend));
    }

    private DataSplit Split()
    {
        string folder = Path.Combine(_folder["set"], "valid");
        Directory.CreateDirectory(folder);
        TestImages.WriteBmp(Path.Combine(folder, "a.bmp"), 20, 10, 0);
        File.WriteAllText(Path.Combine(folder, "_annotations.coco.json"), """
            {"images": [{"id": 1, "file_name": "a.bmp", "width": 20, "height": 10}],
             "categories": [{"id": 1, "name": "cat"}], "annotations": [
              {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 2], "area": 8,
               "segmentation": [[1, 1, 5, 1, 5, 3, 1, 3]]},
              {"id": 2, "image_id": 1, "category_id": 1, "bbox": [10, 2, 8, 4], "area": 32, "iscrowd": 1}]}
            """);
        return DataSet.Open(_folder["set"]).Split("valid");
    }
}
