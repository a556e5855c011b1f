using RfDetr.Checkpoints;

namespace RfDetr.Tests.Front;

/// <summary>Statements of an ONNX file about itself decide how it is used.</summary>
public sealed class OnnxMeaningTests : FrontTest
{
    [Fact]
    public void The_number_of_candidates_is_the_files()
    {
        using Detector few = Detector.Load(FrontModel.WriteOnnx(At("a.onnx"), c => c with { NumSelect = 4 }));
        using Image image = Image(1);
        few.Model.NumSelect.ShouldBe(4);
        few.Detect(image, Everything).Items.Count.ShouldBeInRange(1, 4);
    }

    [Fact]
    public void The_resize_rule_is_the_files()
    {
        using Detector smooth = Detector.Load(FrontModel.WriteOnnx(At("a.onnx"), c => c with { ResizeAntialias = true }));
        using Detector plain = Detector.Load(FrontModel.WriteOnnx(At("b.onnx")));
        using Image image = Image(1);
        (smooth.Model.ResizeRule, plain.Model.ResizeRule).ShouldBe((ResizeRule.BilinearAntialias, ResizeRule.Bilinear));
        string expected = Text(plain.Detect(image, Everything with { ResizeRule = ResizeRule.BilinearAntialias }));
        Text(smooth.Detect(image, Everything)).ShouldBe(expected);
        expected.ShouldNotBe(Text(plain.Detect(image, Everything)));
    }

    [Fact]
    public void Mean_and_deviation_are_the_files()
    {
        // An image of one color c is (c/255 − mean) / deviation everywhere: the color that 0.4 and 0.2 make of 0.6 is the one
        // that 0.5 and 0.1 make of 0.6.
        using Detector one =
            Detector.Load(FrontModel.WriteOnnx(At("a.onnx"), c => c with { Means = [.4, .4, .4], Stds = [.2, .2, .2] }));
        using Detector two =
            Detector.Load(FrontModel.WriteOnnx(At("b.onnx"), c => c with { Means = [.5, .5, .5], Stds = [.1, .1, .1] }));
        using Detector usual = Detector.Load(FrontModel.WriteOnnx(At("c.onnx")));
        one.Model.Normalization.ShouldBe(new Normalization((.4f, .4f, .4f), (.2f, .2f, .2f)));
        using Image image = Plain(153);
        float[] first = Scores(one.Detect(image, Everything)), second = Scores(two.Detect(image, Everything));
        first.ShouldNotBeEmpty();
        first.ShouldBe(second, 1e-4);
        Scores(usual.Detect(image, Everything)).Zip(first, (a, b) => Math.Abs(a - b)).Max().ShouldBeGreaterThan(1e-3f);
    }

    [Fact]
    public void Classes_are_the_files()
    {
        using Detector detector =
            Detector.Load(FrontModel.WriteOnnx(At("a.onnx"), null, n => n with { EmittedLabels = [new(2, 2, "star")] }));
        using Image image = Image(1);
        detector.Model.Classes.Entries.ShouldBe([new ClassEntry(2, "star")]);
        detector.Detect(image, Everything).Items.ShouldAllBe(d => d.ClassName == "star" && d.ClassId == 2);
    }

    [Fact]
    public void A_license_that_asks_is_asked_for()
    {
        string file = FrontModel.WriteOnnx(At("a.onnx"), null, n => n with { WeightsLicense = "PML-1.0" });
        Should.Throw<LicenseNotAcceptedException>(() => Detector.Load(file).Dispose()).License.Id.ShouldBe("PML-1.0");
        using Detector accepted = Detector.Load(file, new ModelOptions { AcceptLicense = true });
        accepted.Model.License.ShouldBe("PML-1.0");
    }

    private Image Plain(byte value)
    {
        TestImages.WriteBmp(At("plain.bmp"), 16, 16, (_, _) => (value, value, value));
        return RfDetr.Image.Load(At("plain.bmp"));
    }

    private static float[] Scores(Detections found) => [.. found.Items.Select(d => d.Score)];
}
