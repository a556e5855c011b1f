using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// Repeats the steps of a file of training figures and compares every loss term, gradient, optimizer group and the weights after.
/// </summary>
internal static class TrainingParity
{
    private const double LossTolerance = 1e-4, GradientTolerance = 1e-3, ParameterTolerance = 1e-4, NoiseFloor = 1e-6;

    // A float32 run may be off by what the reference's own float32 run is, with some room.
    private const double Float32Room = 5;

    // Bilinear sampling has kinks at pixel centers. Rounding puts a few of a million samples on the other side of one, each with
    // a share of
    // some 10⁻³ in these tensors' gradients; which ones is chance.
    private const double KinkTolerance = 2e-2;
    private static readonly string[] _kinked = ["sampling_offsets", "refpoint_embed"];

    /// <summary>Runs the steps.</summary>
    /// <param name="file">A file in the form of the reference's training figures.</param>
    /// <param name="formula">Makes weights and inputs.</param>
    /// <param name="float64">True to compute in float64: then tolerances hold without regard to rounding.</param>
    /// <param name="device">Device to compute on: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="TrainingGoldenException">The file is not of that form, or of a variant that there is not.</exception>
    /// <exception cref="TorchMissingException">There is no libtorch.</exception>
    public static TrainingParityReport Run(
        string file, GoldenFormula formula, bool float64 = false, string device = "cpu", CancellationToken cancellation = default)
    {
        TrainingGolden golden = TrainingGolden.Read(file);
        if (!Variants.TryGet(golden.Variant, out ModelConfig? variant))
            throw new TrainingGoldenException(
                $"'{file}' is of variant '{golden.Variant}'; there are {string.Join(", ", Variants.All.Select(v => v.Variant))}",
                null);
        ModelConfig config = variant with
        {
            GroupDetr = golden.Groups,
            ClassLogits = golden.NumClasses + 1,
            Resolution = golden.Resolution
        };
        using var backend = new TorchBackend(
            new TorchBackendOptions
            {
                Device = Device.Parse(device),
                Precision = float64 ? ScalarType.Float64 : ScalarType.Float32
            });
        TrainingStepOptions options = Options(golden, formula);
        using var step = new TrainingStep(config, backend, b => new Weights(formula.Weights(golden.Salt), b), options);
        var comparison = new Comparison(golden, formula, step, float64);
        comparison.Groups();
        TrainingBatch batch = Batch(golden, formula, config);
        for (int i = 0; i < golden.Steps.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i == 0)
                comparison.Gradients(batch);
            comparison.Step(i, step.Run(batch));
        }

        comparison.Parameters(golden.Steps.Count - 1);
        return new(
            file, golden.Variant, $"libtorch {TorchRuntime.Version} {device} {(float64 ? "float64" : "float32")}",
            comparison.Figures, comparison.Skipped);
    }

    private static TrainingStepOptions Options(TrainingGolden golden, GoldenFormula formula) => new()
    {
        Loss = new LossOptions
        {
            ClassWeight = golden.LossWeights["loss_ce"],
            BoxWeight = golden.LossWeights["loss_bbox"],
            GIoUWeight = golden.LossWeights["loss_giou"],
            MaskCrossEntropyWeight = golden.LossWeights.GetValueOrDefault("loss_mask_ce", 5),
            MaskDiceWeight = golden.LossWeights.GetValueOrDefault("loss_mask_dice", 5),
        },
        Optimizer = new OptimizerOptions
        {
            LearningRate = golden.LearningRate,
            EncoderLearningRate = golden.LearningRateEncoder,
            LayerDecay = golden.LayerDecay,
            ComponentDecay = golden.ComponentDecay,
            WeightDecay = golden.WeightDecay,
            ClipNorm = golden.ClipMaxNorm,
        },
        Schedule = new LearningRateSchedule(new ScheduleOptions(), golden.Steps.Count),
        Ema = new EmaOptions { Enabled = false },
        Points = new FormulaPoints(formula),
        ProjectTwoStageMasks = false, // the figures follow rf-detr 1.4.1
    };

    private static TrainingBatch Batch(TrainingGolden golden, GoldenFormula formula, ModelConfig config) => new(
        formula.Input(golden.Salt, golden.Batch * config.Channels * golden.Resolution * golden.Resolution), golden.Resolution,
        golden.Resolution,
        GoldenTargets.Of(golden, config.SegmentationHead), [.. Enumerable.Range(0, golden.Batch).Select(i => $"image {i}")]);

    private sealed class Comparison(TrainingGolden golden, GoldenFormula formula, TrainingStep step, bool float64)
    {
        private readonly List<TrainingFigure> _figures = [];
        private readonly HashSet<string> _skipped = [];

        public IReadOnlyList<TrainingFigure> Figures => _figures;

        public IReadOnlyList<string> Skipped => [.. _skipped];

        public void Groups()
        {
            // Position by position: it is by position that PyTorch finds a tensor's state again.
            ParameterGroup[] found = [.. step.Optimizer.Tensors.Select(t => t.Group)];
            string[] names = [.. golden.OptimizerGroups.Keys];
            for (int i = 0; i < Math.Max(names.Length, found.Length); i++)
            {
                string name = i < names.Length ? names[i] : found[i].Name;
                bool same = i < names.Length && i < found.Length && found[i].Name == name
                    && golden.OptimizerGroups[name] is [var rate, var decay]
                        && found[i].LearningRate == rate && found[i].WeightDecay == decay;
                Add(TrainingFigureKind.Group, 0, name, same ? 0 : double.PositiveInfinity, double.Epsilon);
            }
        }

        public void Gradients(TrainingBatch batch)
        {
            _ = step.Gradients([batch]);
            double floor = golden.Steps[0].GradNormBeforeClip * NoiseFloor;
            foreach (TrainedTensor tensor in step.Optimizer.Tensors)
            {
                using var scope = new TorchScope();
                if (!golden.Gradients.TryGetValue(tensor.Name, out double[]? expected) || expected is null || expected[0] < floor)
                {
                    _ = _skipped.Add(tensor.Name);
                    double size = tensor.Value.Grad is { } own ? formula.Measure(tensor.Name, own).Norm : 0;
                    double share = Math.Abs(size - (expected?[0] ?? 0)) / golden.Steps[0].GradNormBeforeClip;
                    Add(TrainingFigureKind.Gradient, 0, tensor.Name, Known(share), NoiseFloor);
                    continue;
                }

                double[]? reference = golden.GradientsFloat32.GetValueOrDefault(tensor.Name);
                (double, double) found = tensor.Value.Grad is { } gradient
                    ? formula.Measure(tensor.Name, gradient)
                    : (double.NaN, double.NaN);
                bool kinked = !float64 && _kinked.Any(k => tensor.Name.Contains(k, StringComparison.Ordinal));
                double allowed = Allowed(
                    kinked ? KinkTolerance : GradientTolerance,
                    reference is null ? 0 : Error((reference[0], reference[1]), expected));
                Add(TrainingFigureKind.Gradient, 0, tensor.Name, Error(found, expected), allowed);
            }

            step.Clear();
        }

        public void Step(int index, StepResult result)
        {
            (GoldenStep expected, GoldenStep reference) = (golden.Steps[index], golden.StepsFloat32[index]);
            Dictionary<string, double> found = result.Terms.ToDictionary(t => t.Name, t => t.Value);
            foreach ((string name, double value) in expected.Losses)
                Compare(
                    TrainingFigureKind.Loss, name, found.Remove(name, out double own) ? own : double.NaN, value,
                    reference.Losses[name], LossTolerance);
            foreach (string unexpected in found.Keys)
                Add(TrainingFigureKind.Loss, index, unexpected, double.PositiveInfinity, LossTolerance);
            Compare(TrainingFigureKind.Loss, "total", result.Total, expected.Total, reference.Total, LossTolerance);
            Compare(
                TrainingFigureKind.GradientNorm, "all gradients", result.GradientNorm, expected.GradNormBeforeClip,
                reference.GradNormBeforeClip, GradientTolerance);

            void Compare(TrainingFigureKind kind, string name, double own, double value, double inFloat32, double tolerance) =>
                Add(kind, index, name, Relative(own, value), Allowed(tolerance, Relative(inFloat32, value)));
        }

        public void Parameters(int last)
        {
            foreach (TrainedTensor tensor in step.Optimizer.Tensors)
            {
                // Adam turns even the rounding of a gradient into whole steps, so such tensors may wander by the rates' sum.
                double allowed = _skipped.Contains(tensor.Name) ? 10 * ParameterTolerance : ParameterTolerance;
                double error = golden.ParametersAfter.TryGetValue(tensor.Name, out double[]? expected)
                    ? Error(formula.Measure(tensor.Name, tensor.Value), expected) : double.PositiveInfinity;
                Add(TrainingFigureKind.Parameter, last, tensor.Name, error, allowed);
            }
        }

        private double Allowed(double tolerance, double errorOfFloat32) =>
            float64 ? tolerance : Math.Max(tolerance, Float32Room * errorOfFloat32);

        // A projection may be near 0 by chance; its scale is the norm's.
        private static double Error((double Norm, double Projection) found, double[] expected) => expected[0] == 0
            ? Math.Abs(found.Norm)
            : Known(Math.Max(Math.Abs(found.Norm - expected[0]), Math.Abs(found.Projection - expected[1])) / expected[0]);

        private static double Relative(double found, double expected) =>
            Known(expected == 0 ? Math.Abs(found) : Math.Abs(found - expected) / Math.Abs(expected));

        private static double Known(double error) => double.IsNaN(error) ? double.PositiveInfinity : error;

        private void Add(TrainingFigureKind kind, int index, string name, double error, double tolerance) =>
            _figures.Add(new(kind, index, name, error, tolerance));
    }
}
