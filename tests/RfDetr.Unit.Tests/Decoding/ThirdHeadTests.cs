using System.Text.Json;

namespace RfDetr.Tests.Decoding;

/// <summary>
/// A head that the library does not know, made here: an addition and no change. See docs/adding-a-head.md for the files that a
/// real one touches.
/// </summary>
public sealed class ThirdHeadTests
{
    private static readonly ModelInfo s_model =
        PlantedOutputs.Model with { Heads = [.. PlantedOutputs.Model.Heads, AngleHead.Instance] };

    [Fact]
    public void Its_results_stand_beside_those_of_the_others()
    {
        Detections found = new PlantedOutputs().Decode(model: s_model);
        found.Items.Select(d => d.Feature<Angle>()!.Degrees).ShouldBe([30, 30, 60]);
        found.Items.ShouldAllBe(d => d.Mask != null);
        new PlantedOutputs().Decode().Items.ShouldAllBe(d => d.Features.Count == 0 && d.Feature<Angle>() == null);
    }

    [Fact]
    public void The_model_says_that_it_has_it()
    {
        s_model.Has(AngleHead.Instance).ShouldBeTrue();
        s_model.Task.ShouldBe("orient");
        PlantedOutputs.Model.Task.ShouldBe("segment");
    }

    [Fact]
    public void Results_with_it_are_written_as_before()
    {
        Detections found = new PlantedOutputs().Decode(model: s_model);
        JsonElement first = JsonDocument.Parse(found.ToJson()).RootElement.GetProperty("detections")[0];
        first.EnumerateObject().Select(p => p.Name).ShouldBe(["box", "score", "class_id", "class_name", "mask", "polygons"]);
    }

    [Fact]
    public void It_goes_the_whole_way_of_a_detector()
    {
        using var detector =
            new Detector(new ModelReference.BuiltIn("planted"), new ModelOptions(), Engine.Auto, new PlantedEngine(), s_model);
        Detections found = detector.Detect(new PixelFrame(new byte[20 * 10 * 3], 20, 10, 0, PixelFormat.Rgb24));
        found.Items.Select(d => d.Feature<Angle>()!.Degrees).ShouldBe([30, 30, 60]);
        found.Items[0].Box.X2.ShouldBe(12, 1e-4f);
    }

    /// <summary>The result of the head.</summary>
    private sealed record Angle(float Degrees);

    private sealed class AngleHead : Head
    {
        public static AngleHead Instance { get; } = new();

        public override string Name => "angles";

        public override string Output => PlantedOutputs.Angles;

        public override string Meaning => "pred_angles";

        public override string Task => "orient";

        internal override void Decode(in HeadInput input, IReadOnlyList<DetectionBuilder> to)
        {
            foreach (DetectionBuilder found in to)
                (found.Features ??= []).Add(new Angle(input.Row(found.Query)[0]));
        }
    }

    private sealed class PlantedEngine : INetworkEngine, INetworkRun
    {
        private readonly PlantedOutputs _outputs = new();
        private readonly float[] _input = new float[PlantedOutputs.Contract.InputLength];

        public string Description => "planted";

        public NetworkContract Contract => PlantedOutputs.Contract;

        public INetworkRun Rent(int batch) => this;

        public Span<float> Input(int image) => _input;

        public void Execute(CancellationToken cancellationToken) => cancellationToken.ThrowIfCancellationRequested();

        public ReadOnlySpan<float> Output(string name, int image) => _outputs.Output(name, image);

        public void Dispose()
        {
        }
    }
}
