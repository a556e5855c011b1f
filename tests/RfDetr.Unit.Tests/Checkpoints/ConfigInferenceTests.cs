using System.Text.Json;
using RfDetr.Checkpoints;
using RfDetr.Model;

namespace RfDetr.Tests.Checkpoints;

/// <summary>Configurations from the published shapes, with and without arguments.</summary>
public class ConfigInferenceTests
{
    public static TheoryData<string> VariantNames => [.. ShapeOnlyWeights.Variants];

    [Theory]
    [MemberData(nameof(VariantNames))]
    public void EveryVariantIsRecognizedFromShapesAlone(string variant)
    {
        InferredConfig inferred = ConfigInference.Explain(ShapeOnlyWeights.Of(variant).WithClasses(91), null, null);
        ShouldEqual(inferred.Config, Variants.Get(variant));
        inferred.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(VariantNames))]
    public void EveryVariantIsRecognizedWithItsArgumentsAndAnotherHead(string variant)
    {
        PlainMap args = Args(ShapeOnlyWeights.Config(variant).GetRawText()).With("num_classes", 4L);
        InferredConfig inferred = ConfigInference.Explain(
            ShapeOnlyWeights.Of(variant).WithClasses(5), args, new ConfigInferenceOptions { Variant = variant });
        ShouldEqual(inferred.Config, Variants.Get(variant) with { ClassLogits = 5 });
        inferred.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(VariantNames))]
    public void NamingAnyOtherVariantIsAnErrorWithBothNames(string variant)
    {
        foreach (ModelConfig other in Variants.All.Where(v => v.Variant != variant))
        {
            var error = Should.Throw<CheckpointFormatException>(() =>
                ConfigInference.Infer(
                    ShapeOnlyWeights.Of(variant), null, new ConfigInferenceOptions { Variant = other.Variant }));
            error.Message.ShouldContain($"looks like variant '{variant}', you asked for '{other.Variant}'");
        }
    }

    [Fact]
    public void TheMismatchNamesTheWeightAndBothShapes()
    {
        var error = Should.Throw<CheckpointFormatException>(() =>
            ConfigInference.Infer(
                ShapeOnlyWeights.Of("base"), null, new ConfigInferenceOptions { Variant = "large-deprecated" }));
        error.Message.ShouldBe(
            "weight 'backbone.0.encoder.encoder.embeddings.patch_embeddings.projection.weight' has shape [384, 3, 14, "
                + "14], expected [768, 3, 14, 14]; this checkpoint looks like variant 'base', you asked for 'large-deprecated'");
    }

    [Theory]
    [InlineData("{}", 224)] // written before 1.11.1: the resolution is lost
    [InlineData("""{"resolution":224,"positional_encoding_size":14}""", 224)]
    [InlineData("""{"resolution":384,"positional_encoding_size":24}""", 224)] // stale defaults: the table counts
    [InlineData("""{"resolution":320}""", 320)] // 1.6.1 to 1.6.4: resolution set, table left
    public void ALostResolutionIsFoundFromThePositionTable(string args, int expected)
    {
        ModelConfig config = ConfigInference.Infer(ShapeOnlyWeights.Of("nano").WithTable(14, 384), Args(args));
        config.Resolution.ShouldBe(expected);
        config.PositionalEncodingSize.ShouldBe(14);
        config.Variant.ShouldBe("nano");
        config.NumWindows.ShouldBe(2);
    }

    [Theory]
    [InlineData("base")]
    [InlineData("large-deprecated")]
    public void DeprecatedVariantsRunAtAnotherResolutionThanTheirTable(string variant) =>
        ConfigInference.Infer(ShapeOnlyWeights.Of(variant)).Resolution.ShouldBe(560);

    [Fact]
    public void WindowsThatShapesDoNotRevealAreAskedFor()
    {
        // xlarge and 2xlarge differ in the table and the windows only.
        ShapeOnlyWeights weights = ShapeOnlyWeights.Of("xlarge").WithTable(40, 768);
        Should.Throw<CheckpointFormatException>(() =>
            ConfigInference.Infer(weights)).Message.ShouldContain("still needed: num_windows");
        ConfigInference.Infer(weights, Args("""{"num_windows":2}""")).NumWindows.ShouldBe(2);
        ConfigInference.Infer(weights, null, new ConfigInferenceOptions { NumWindows = 1 }).Resolution.ShouldBe(800);
        ConfigInference.Infer(
            weights, null, new ConfigInferenceOptions { ModelName = "RFDETR2XLarge" }).Variant.ShouldBe("2xlarge");
        ConfigInference.Infer(weights, null, new ConfigInferenceOptions { Variant = "2xlarge" }).NumWindows.ShouldBe(2);
    }

    [Fact]
    public void ShapesWinOverArgumentsAndEachDifferenceIsListed()
    {
        InferredConfig inferred = ConfigInference.Explain(
            ShapeOnlyWeights.Of("small"),
            Args(
                """
                {"dec_layers":4,"hidden_dim":256,"num_queries":100,"projector_scale":["P5"],"num_classes":7,
                "segmentation_head":true}
                """),
            null);
        inferred.Config.DecoderLayers.ShouldBe(3);
        inferred.Config.NumQueries.ShouldBe(300);
        inferred.Config.ProjectorLevels.ShouldBe([4]);
        inferred.Warnings.Count.ShouldBe(5);
        inferred.Warnings[0].ShouldBe("the arguments say dec_layers 4, the shapes 3; 3 is used");
    }

    [Fact]
    public void SelectionLostBySlipIsRestored()
    {
        InferredConfig inferred = ConfigInference.Explain(ShapeOnlyWeights.Of("large"), Args("""{"num_select":100}"""), null);
        inferred.Config.NumSelect.ShouldBe(300);
        inferred.Warnings.ShouldHaveSingleItem().ShouldContain("slip");
        ConfigInference.Infer(ShapeOnlyWeights.Of("nano"), Args("""{"num_select":50}""")).NumSelect.ShouldBe(50);
    }

    [Fact]
    public void ANetworkOfItsOwnComesFromShapesAndArguments()
    {
        ModelConfig config = ConfigInference.Infer(Tiny(), Args(TinyArgs));
        ShouldEqual(config, new ModelConfig
        {
            Variant = "custom",
            EncoderWidth = 192,
            EncoderDepth = 6,
            PatchSize = 16,
            NumWindows = 2,
            Resolution = 256,
            PositionalEncodingSize = 16,
            DecoderLayers = 2,
            HiddenDim = 128,
            SelfAttentionHeads = 8,
            CrossAttentionHeads = 8,
            DecoderPoints = 2,
            FeedForwardDim = 512,
            ProjectorLevels = [4],
            OutFeatureIndexes = [2, 4, 6],
            NumQueries = 100,
            NumSelect = 100,
            GroupDetr = 3,
            ClassLogits = 4,
        });
    }

    [Fact]
    public void ANetworkOfItsOwnWithoutArgumentsIsAnErrorThatListsWhatIsNeeded()
    {
        string message = Should.Throw<CheckpointFormatException>(() => ConfigInference.Infer(Tiny())).Message;
        message.ShouldContain("num_windows and out_feature_indexes (3 of 1…6)");
    }

    [Theory]
    [InlineData("""{"out_feature_indexes":[3,6]}""", "takes 4 maps")]
    [InlineData("""{"num_windows":"two"}""", "'num_windows' is 'two', expected a whole number")]
    [InlineData("""{"num_windows":-2}""", "'num_windows' is '-2', expected a positive number")]
    [InlineData("""{"resolution":100}""", "not a multiple of 32")]
    [InlineData("""{"encoder_num_heads":12}""", "encoder_num_heads 12")]
    [InlineData("""{"sa_nheads":7}""", "sa_nheads 7 does not divide")]
    public void WrongArgumentsAreErrorsThatNameThem(string args, string expected) =>
        Should.Throw<CheckpointFormatException>(() =>
            ConfigInference.Infer(ShapeOnlyWeights.Of("nano"), Args(args))).Message.ShouldContain(expected);

    [Fact]
    public void ContradictoryOrForeignShapesAreErrorsThatNameTheWeight()
    {
        Fails(
            w => w.Without(n => n.Contains("patch_embeddings", StringComparison.Ordinal)),
            "patch_embeddings.projection.weight' is missing");
        Fails(
            w => w.With("backbone.0.encoder.encoder.embeddings.position_embeddings", 1, 570, 384),
            "[1, 570, 384], expected [1, 1 + T², 384]");
        Fails(w => w.With("refpoint_embed.weight", 3901, 4), "multiple of 13");
        Fails(w => w.With("class_embed.bias", 90), "'class_embed.bias' has shape [90], expected [91]");
        Fails(
            w => w.With("transformer.enc_out_class_embed.3.weight", 90, 256),
            "enc_out_class_embed.3.weight' has shape [90, 256], expected [91, 256]");
        Fails(w => w.With("transformer.decoder.layers.0.cross_attn.attention_weights.weight", 33, 256), "expected 66 rows");
        Fails(w => w.With("class_embed.weight", 91), "expected 2 dimensions");
        Fails(w => w.Without(n => n.StartsWith("transformer.decoder.layers", StringComparison.Ordinal)), "no decoder layers");
        Fails(w => w.With("segmentation_head.blocks.0.dwconv.weight", 256, 1, 3, 3), "mask head has 1 blocks");
        Fails(
            w => w.With("backbone.0.encoder.encoder.embeddings.register_tokens", 1, 4, 384), "register tokens are not supported");
        Fails(w => w.With("_kp_active_mask", 1, 17), "keypoint models are not supported");
    }

    [Fact]
    public void OneQueryGroupIsEnough()
    {
        ShapeOnlyWeights weights = ShapeOnlyWeights.Of("nano")
            .Without(n =>
                n.StartsWith("transformer.enc_out", StringComparison.Ordinal) && !n.Contains(".0.", StringComparison.Ordinal))
            .With("refpoint_embed.weight", 300, 4).With("query_feat.weight", 300, 256);
        ModelConfig config = ConfigInference.Infer(weights);
        config.GroupDetr.ShouldBe(1);
        config.NumQueries.ShouldBe(300);
        config.Variant.ShouldBe("nano");
    }

    private const string TinyArgs = """
        {"encoder":"dinov2_windowed_tiny","hidden_dim":128,"num_windows":2,"dec_layers":2,"sa_nheads":8,"ca_nheads":8,
        "dec_n_points":2,"projector_scale":["P4"],"out_feature_indexes":[2,4,6],"num_classes":3,"patch_size":16,
        "num_queries":100,"num_select":100,"resolution":256,"positional_encoding_size":16,
        "segmentation_head":false,"group_detr":3,"dim_feedforward":512,
        "class_names":["alpha","beta","gamma"],"encoder_hidden_size":192,"encoder_num_layers":6,"encoder_num_heads":3}
        """;

    /// <summary>The shapes of the small end-to-end network: 192 wide, 6 layers, 3 groups, 3 maps.</summary>
    private static ShapeOnlyWeights Tiny()
    {
        ShapeOnlyWeights weights = ShapeOnlyWeights.Of("nano")
            .Without(n => Enumerable.Range(6, 6).Any(i => n.Contains($"encoder.layer.{i}.", StringComparison.Ordinal)))
            .Without(n =>
                n.StartsWith("transformer.enc_out", StringComparison.Ordinal)
                    && !(
                        n.Contains(".0.", StringComparison.Ordinal)
                            || n.Contains(".1.", StringComparison.Ordinal) || n.Contains(".2.", StringComparison.Ordinal)))
            .With("backbone.0.encoder.encoder.embeddings.patch_embeddings.projection.weight", 192, 3, 16, 16).WithTable(16, 192)
            .With("transformer.decoder.norm.weight", 128)
            .With("transformer.decoder.layers.0.linear1.weight", 512, 128)
            .With("transformer.decoder.layers.0.cross_attn.sampling_offsets.weight", 32, 128)
            .With("transformer.decoder.layers.0.cross_attn.attention_weights.weight", 16, 128)
            .With("backbone.0.projector.stages.0.0.cv1.conv.weight", 128, 576, 1, 1)
            .With("refpoint_embed.weight", 300, 4).With("query_feat.weight", 300, 128)
            .With("class_embed.weight", 4, 128).With("class_embed.bias", 4);
        foreach (int g in Enumerable.Range(0, 3))
            weights.With($"transformer.enc_out_class_embed.{g}.weight", 4, 128);
        return weights;
    }

    private static void Fails(Func<ShapeOnlyWeights, ShapeOnlyWeights> change, string expected) =>
        Should.Throw<CheckpointFormatException>(() =>
            ConfigInference.Infer(change(ShapeOnlyWeights.Of("nano")))).Message.ShouldContain(expected);

    private static PlainMap Args(string json) => (PlainMap)PlainJson.Read(json, "args")!;

    /// <summary>Records compare lists by reference; their JSON compares by value.</summary>
    private static void ShouldEqual(ModelConfig actual, ModelConfig expected) =>
        JsonSerializer.Serialize(actual).ShouldBe(JsonSerializer.Serialize(expected));
}
