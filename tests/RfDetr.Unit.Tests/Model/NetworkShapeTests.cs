using System.Text.Json;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Model;

public sealed class NetworkShapeTests
{
    public static TheoryData<string> VariantNames() => [.. Variants.All.Select(v => v.Variant)];

    [Theory]
    [MemberData(nameof(VariantNames))]
    public void Every_variant_keeps_the_contract(string name)
    {
        ModelConfig c = Variants.Get(name);
        LayerOutput result = Forward(c, c.Resolution, c.Resolution).Result;
        result.Boxes.Shape.ShouldBe([Dim.Batch, c.NumQueries, 4]);
        result.Logits.Shape.ShouldBe([Dim.Batch, c.NumQueries, 91]);
        (result.Masks is not null).ShouldBe(name.StartsWith("seg-", StringComparison.Ordinal));
        result.Masks?.Logits().Shape.ShouldBe([Dim.Batch, c.NumQueries, c.Resolution / 4, c.Resolution / 4]);
    }

    // What 'rfdetr variants' counts: the network's parameters and the mask token, which every checkpoint has.
    [Theory]
    [MemberData(nameof(VariantNames))]
    public void The_page_of_models_says_how_many_parameters_a_variant_has(string name)
    {
        ModelConfig config = Variants.Get(name);
        var parameters = new ParameterList();
        _ = new RfDetrNetwork(new Weights(parameters, new ShapeBackend()), config);
        string row = File.ReadLines(Path.Combine(House.Checkout.Root, "docs/models.md"))
            .Single(line => line.StartsWith($"| `{name}`", StringComparison.Ordinal));
        row.ShouldContain(string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"| {(parameters.Count + config.EncoderWidth) / 1e6:0.0} M |"));
    }

    [Theory]
    [MemberData(nameof(VariantNames))]
    public void Every_variant_asks_for_the_published_parameters(string name)
    {
        using JsonDocument published = JsonDocument.Parse(File.ReadAllText(Goldens.Path("parameters.json")));
        JsonElement parameters = published.RootElement.GetProperty(name).GetProperty("tensors");
        Dictionary<string, int[]> expected = parameters.EnumerateObject().ToDictionary(
            p => p.Name, p => p.Value.EnumerateArray().Select(s => s.GetInt32()).ToArray());
        _ = expected.Remove(expected.Keys.Single(k => k.EndsWith("mask_token", StringComparison.Ordinal)));
        // The configurations of xlarge and 2xlarge still say 366 classes (Objects365); their released weights have COCO's 91.
        var list = new ParameterList();
        _ = new RfDetrNetwork(
            new Weights(list, new ShapeBackend()), Variants.Get(name) with { ClassLogits = expected["class_embed.bias"][0] });
        list.Parameters.Select(p => p.Name).ShouldBe(expected.Keys, ignoreOrder: true);
        foreach ((string parameter, int[] shape) in list.Parameters)
            shape.ShouldBe(expected[parameter], parameter);
    }

    [Theory]
    [InlineData("nano", 256, 416)]
    [InlineData("base", 168, 336)]
    [InlineData("large-deprecated", 336, 168)]
    [InlineData("seg-small", 240, 120)]
    [InlineData("xlarge", 260, 700)]
    public void Images_need_not_be_square(string name, int height, int width)
    {
        ModelConfig c = Variants.Get(name);
        LayerOutput result = Forward(c, height, width).Result;
        result.Boxes.Shape.ShouldBe([Dim.Batch, c.NumQueries, 4]);
        result.Masks?.Logits().Shape.ShouldBe([Dim.Batch, c.NumQueries, height / 4, width / 4]);
    }

    [Fact]
    public void A_size_that_does_not_fit_is_refused_with_the_cure()
    {
        string message = Should.Throw<ShapeException>(() => Forward(Variants.Get("nano"), 400, 384)).Message;
        message.ShouldContain("400×384");
        message.ShouldContain("multiples of 32");
        message.ShouldContain("patch size 16 × 2 windows");
        Should.Throw<ShapeException>(() => Forward(Variants.Get("seg-nano"), 0, 312)).Message.ShouldContain("multiples of 12");
    }

    [Theory]
    [InlineData("nano")]
    [InlineData("large-deprecated")]
    [InlineData("seg-medium")]
    public void Training_gives_all_groups_of_every_layer_and_the_two_stage_step(string name)
    {
        ModelConfig c = Variants.Get(name);
        NetworkOutput output = Forward(c, c.Resolution, c.Resolution, new() { Groups = 13, EveryLayer = true, TwoStage = true });
        int queries = 13 * c.NumQueries, side = c.Resolution / 4;
        output.Layers.Count.ShouldBe(c.DecoderLayers);
        foreach (LayerOutput layer in output.Layers.Append(output.TwoStage!))
        {
            layer.Boxes.Shape.ShouldBe([Dim.Batch, queries, 4]);
            layer.Logits.Shape.ShouldBe([Dim.Batch, queries, 91]);
            layer.Masks?.Logits().Shape.ShouldBe([Dim.Batch, queries, side, side]);
            (layer.Masks is not null).ShouldBe(c.SegmentationHead);
        }
    }

    [Fact]
    public void Small_images_have_fewer_proposals_than_queries()
    {
        ModelConfig nano = Variants.Get("nano");
        NetworkOutput output = Forward(nano, 128, 128, new() { TwoStage = true });
        output.Result.Boxes.Shape.ShouldBe([Dim.Batch, 300, 4]);
        output.TwoStage!.Boxes.Shape.ShouldBe([Dim.Batch, 64, 4]);
    }

    [Fact]
    public void Stages_have_the_reference_names_and_layout()
    {
        var backend = new ShapeBackend();
        ModelConfig nano = Variants.Get("nano");
        _ = new RfDetrNetwork(new Weights(new ParameterList(), backend), nano).Forward(
            backend.Input(TensorType.Float([2, 3, 384, 384])));
        backend.Taps.Single(t => t.Stage == "backbone.3").Shape.ShouldBe([2, 384, 24, 24]);
        backend.Taps.Single(t => t.Stage == "projector.0").Shape.ShouldBe([2, 256, 24, 24]);
        backend.Taps.Single(t => t.Stage == "two_stage.boxes").Shape.ShouldBe([2, 300, 4]);
        backend.Taps.Count(t => t.Stage.StartsWith("encoder.layer.", StringComparison.Ordinal)).ShouldBe(12);
    }

    private static NetworkOutput Forward(ModelConfig config, int height, int width, ForwardRequest? request = null)
    {
        var backend = new ShapeBackend();
        var network = new RfDetrNetwork(new Weights(new ParameterList(), backend), config);
        return network.Forward(backend.Input(TensorType.Float([Dim.Batch, 3, height, width])), request);
    }
}
