using RfDetr.Data;

namespace RfDetr.Tests.Cli;

/// <summary>Evaluation as a program calls it, with a small network on drawn scenes.</summary>
public sealed class EvaluatorTests(EvaluatorTests.Scenes scenes) : IClassFixture<EvaluatorTests.Scenes>
{
    /// <summary>Five drawn scenes and a detector with masks.</summary>
    public sealed class Scenes : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Scenes()
        {
            SceneSet.Write(_folder["data/valid"], new SceneSetOptions { Count = 5, Width = 192, Height = 160, Seed = 5 });
            Split = DataSet.Open(_folder["data"]).Split("valid");
            Detector = Detector.Load(FormulaModel.Path);
        }

        internal DataSplit Split { get; }

        internal Detector Detector { get; }

        internal string File(string name) => _folder[name];

        public void Dispose()
        {
            Detector.Dispose();
            _folder.Dispose();
        }
    }

    [Fact]
    public async Task A_program_gets_measures_detections_times_and_the_best_threshold()
    {
        var seen = new List<int>();
        DetectorEvaluation all = await Evaluator.RunAsync(scenes.Detector, scenes.Split, progress: new Seen(seen));

        seen.ShouldBe([1, 2, 3, 4, 5]);
        all.Images.Count.ShouldBe(5);
        all.Summary.Boxes.Images.ShouldBe(5);
        all.Summary.Masks.ShouldNotBeNull().Kind.ShouldBe(EvaluationKind.Masks);
        all.BestThreshold.ShouldBe(all.Summary.Masks!.Sweep.Best.Threshold);
        all.Found.Select(f => f.ImageId).Distinct().Count().ShouldBe(5);
        all.Found.ShouldAllBe(f => f.Mask != null);
        all.Times.Images.ShouldBe(5);
        all.Times.Mean.InferenceMs.ShouldBeGreaterThan(0);
        all.Times.ToString().ShouldStartWith("5 images in ");
        all.Classes.ByLabel.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Boxes_alone_are_those_of_the_whole_evaluation()
    {
        DetectorEvaluation all = await Evaluator.RunAsync(scenes.Detector, scenes.Split, new EvaluateOptions { Batch = 2 });
        DetectorEvaluation boxes =
            await Evaluator.RunAsync(scenes.Detector, scenes.Split, new EvaluateOptions { Kind = EvaluationKind.Boxes });

        boxes.Summary.Masks.ShouldBeNull();
        boxes.Found.ShouldAllBe(f => f.Mask == null);
        boxes.Summary.Boxes.Metrics.Stats.ShouldBe(all.Summary.Boxes.Metrics.Stats);
        boxes.BestThreshold.ShouldBe(boxes.Summary.Boxes.Sweep.Best.Threshold);
    }

    [Fact]
    public async Task Each_option_reaches_its_place()
    {
        DetectorEvaluation all = await Evaluator.RunAsync(scenes.Detector, scenes.Split);
        async Task<DetectorEvaluation> With(EvaluateOptions options) =>
            await Evaluator.RunAsync(scenes.Detector, scenes.Split, options);

        (await With(new() { MostImages = 2 })).Images.ShouldBe(scenes.Split.Images.Take(2));
        (await With(new() { NumSelect = 3 })).Found.Count.ShouldBeLessThanOrEqualTo(3 * 5);
        (
            await With(new() { Metrics = new EvaluationOptions { MaxDetections = [1, 2, 3] } }))
            .Summary.Main.Metrics.Options.MaxDetections.ShouldBe([1, 2, 3]);
        (
            await With(new() { ResizeRule = ResizeRule.BilinearAntialias }))
            .Found.Select(f => f.Score).ShouldNotBe(all.Found.Select(f => f.Score));
        DataClass one = scenes.Split.Classes[0], other = scenes.Split.Classes[1];
        ClassMatching crossed =
            ClassMatching.Of(scenes.Detector.Model.Classes, scenes.Split, [new(one.Name, other.Name), new(other.Name, one.Name)]);
        DetectorEvaluation swapped = await With(new() { Classes = crossed });
        swapped.Found.Count(f => f.CategoryId == one.CategoryId).ShouldBe(all.Found.Count(f => f.CategoryId == other.CategoryId));
    }

    [Fact]
    public async Task All_mistakes_in_options_are_in_one_message()
    {
        var wrong = new EvaluateOptions { Batch = 0, MostImages = 0, NumSelect = -1 };
        ArgumentException e =
            await Should.ThrowAsync<ArgumentException>(() => Evaluator.RunAsync(scenes.Detector, scenes.Split, wrong));

        e.Message.ShouldContain("Batch is 0");
        e.Message.ShouldContain("MostImages is 0");
        e.Message.ShouldContain("NumSelect is -1");
    }

    [Fact]
    public async Task Masks_that_are_not_there_are_not_compared()
    {
        string path = scenes.File("boxes/valid/_annotations.coco.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string folder = Path.GetDirectoryName(scenes.Split.Images[0].File)!;
        CocoFile truth = CocoFile.Read(Path.Combine(folder, SceneSet.AnnotationFile));
        new CocoFile(
            "", truth.Images, truth.Categories, [.. truth.Annotations.Select(a => a with { Segmentation = null })]).Write(path);
        foreach (string image in Directory.GetFiles(folder, "*.jpg"))
            File.Copy(image, Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(image)));
        DataSplit split = DataSet.Open(scenes.File("boxes")).Split("valid");

        (await Evaluator.RunAsync(scenes.Detector, split)).Summary.Masks.ShouldBeNull();
        ArgumentException e = await Should.ThrowAsync<ArgumentException>(
            () => Evaluator.RunAsync(scenes.Detector, split, new EvaluateOptions { Kind = EvaluationKind.Masks }));
        e.Message.ShouldContain("not every object of the split 'valid' has one");
    }

    [Fact]
    public async Task Labels_of_another_size_end_the_evaluation_by_name()
    {
        LabeledImage[] images = [scenes.Split.Images[0] with { Width = 100 }, .. scenes.Split.Images.Skip(1)];
        var split = new DataSplit("valid", scenes.Split.Folder, scenes.Split.Source, scenes.Split.Classes, images);
        DataSetFormatException e =
            await Should.ThrowAsync<DataSetFormatException>(() => Evaluator.RunAsync(scenes.Detector, split));

        e.Message.ShouldContain("has 192×160 pixels, its labels say 100×160");
    }

    [Fact]
    public async Task An_evaluation_can_be_canceled()
    {
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(
            () => Evaluator.RunAsync(scenes.Detector, scenes.Split, cancellationToken: canceled.Token));
    }

    [Fact]
    public async Task A_policys_precision_is_that_of_the_evaluation()
    {
        var meter = new PrecisionMeter(FormulaModel.Path, new ModelOptions(), scenes.Split, most: 3);
        DetectorEvaluation expected =
            await Evaluator.RunAsync(scenes.Detector, scenes.Split, new EvaluateOptions { MostImages = 3 });

        (await meter.MeasureAsync(QuantizationPolicy.None)).ShouldBe(expected.Summary.Main.Metrics.AveragePrecision());
        meter.Images.ShouldBe(3);
        meter.Measure.ShouldBe("AP of masks on 3 images of 'valid'");
    }

    private sealed class Seen(List<int> seen) : IProgress<int>
    {
        public void Report(int value) => seen.Add(value);
    }
}
