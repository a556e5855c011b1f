using RfDetr.Training;

namespace RfDetr.Tests.Parity;

/// <summary>The reference's three training steps: every loss term, gradient, optimizer group and the weights after.</summary>
public sealed class TrainingParityTests
{
    private static readonly GoldenFormula Formula = new(salt => new FormulaWeights(salt), FormulaWeights.Fill);

    // In float64 nothing but the implementation can differ; float32 is what runs are made of, but takes a fraction of the time.
    [Fact]
    [Trait("Duration", "Long")]
    public void Three_steps_are_the_reference_s() => Check("nano", float64: false);

    [Fact]
    [Trait("Duration", "Long")]
    public void Three_steps_with_masks_in_double_precision_are_the_reference_s() => Check("seg-nano", float64: true);

    private static void Check(string variant, bool float64)
    {
        TrainingParityReport report = TrainingParity.Run(Goldens.Path($"train/{variant}.json"), Formula, float64);
        report.Figures.Where(f => !f.Ok).Select(f => f.ToString()).ShouldBeEmpty();
        TrainingGolden golden = TrainingGolden.Read(Goldens.Path($"train/{variant}.json"));
        report.Figures.Count(f => f.Kind == TrainingFigureKind.Gradient).ShouldBe(golden.Gradients.Count);
        report.Figures.Count(f => f.Kind == TrainingFigureKind.Parameter).ShouldBe(golden.Gradients.Count);
        report.Figures.Count(f => f.Kind == TrainingFigureKind.Loss).ShouldBe(3 * (golden.Steps[0].Losses.Count + 1));

        // Only what has no gradient by its nature may be left out: key biases (softmax does not see them) and what nothing reads.
        report.Skipped.ShouldAllBe(n =>
            n.EndsWith("key.bias", StringComparison.Ordinal)
                || golden.Gradients[n] == null || golden.Gradients[n]![0] < 1e-6 * golden.Steps[0].GradNormBeforeClip);
    }

    [Fact]
    public void Files_of_another_form_are_refused()
    {
        using var folder = new TemporaryFolder();
        string file = folder["bad.json"];
        File.WriteAllText(file, """{ "variant": "nano" }""");
        Should.Throw<TrainingGoldenException>(() =>
            TrainingParity.Run(file, Formula)).Message.ShouldContain("is no file of training figures");
        File.WriteAllText(
            file,
            File.ReadAllText(Goldens.Path("train/nano.json"))
                .Replace("\"variant\": \"nano\"", "\"variant\": \"pico\"", StringComparison.Ordinal)
                .Replace("\"variant\":\"nano\"", "\"variant\":\"pico\"", StringComparison.Ordinal));
        Should.Throw<TrainingGoldenException>(() => TrainingParity.Run(file, Formula)).Message.ShouldContain("variant 'pico'");
    }
}
