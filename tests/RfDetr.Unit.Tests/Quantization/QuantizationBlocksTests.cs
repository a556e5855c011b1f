using RfDetr.Cpu;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Quantization;

/// <summary>Weights that may be in int8.</summary>
public sealed class QuantizationBlocksTests
{
    [Theory]
    [InlineData("backbone.0.encoder.encoder.encoder.layer.11.attention.attention.query.weight", "encoder.11.attention")]
    [InlineData("backbone.0.encoder.encoder.encoder.layer.3.mlp.fc2.weight", "encoder.3.mlp")]
    [InlineData("backbone.0.encoder.encoder.embeddings.patch_embeddings.projection.weight", "embeddings")]
    [InlineData("backbone.0.projector.stages.0.0.m.1.cv2.conv.weight", "projector")]
    [InlineData("backbone.0.projector.stages_sampling.0.2.0.weight", "projector")]
    [InlineData("transformer.enc_output.0.weight", "two-stage")]
    [InlineData("transformer.enc_out_bbox_embed.0.layers.1.weight", "two-stage")]
    [InlineData("transformer.decoder.ref_point_head.layers.0.weight", "decoder.positions")]
    [InlineData("transformer.decoder.layers.2.self_attn.in_proj_weight", "decoder.2")]
    [InlineData("transformer.decoder.layers.2.cross_attn.value_proj.weight", "decoder.2")]
    [InlineData("transformer.decoder.layers.0.linear1.weight", "decoder.0")]
    [InlineData("bbox_embed.layers.1.weight", "heads")]
    [InlineData("segmentation_head.blocks.3.pwconv1.weight", "masks")]
    [InlineData("segmentation_head.query_features_block.layers.2.weight", "masks")]
    public void Products_belong_to_blocks(string weight, string block) => QuantizationBlocks.Of(weight).ShouldBe(block);

    [Theory]
    [InlineData("class_embed.weight")]
    [InlineData("bbox_embed.layers.2.weight")]
    [InlineData("transformer.enc_out_class_embed.0.weight")]
    [InlineData("transformer.enc_out_bbox_embed.0.layers.2.weight")]
    [InlineData("transformer.decoder.layers.0.cross_attn.sampling_offsets.weight")]
    [InlineData("transformer.decoder.layers.0.cross_attn.attention_weights.weight")]
    [InlineData("transformer.decoder.layers.0.norm1.weight")]
    [InlineData("backbone.0.encoder.encoder.encoder.layer.3.norm1.weight")]
    [InlineData("backbone.0.encoder.encoder.encoder.layer.3.mlp.fc2.bias")]
    [InlineData("backbone.0.projector.stages.0.0.m.1.cv2.bn.weight")]
    [InlineData("backbone.0.projector.stages.0.1.weight")]
    [InlineData("segmentation_head.blocks.3.dwconv.weight")]
    [InlineData("segmentation_head.query_features_block.norm_in.weight")]
    [InlineData("segmentation_head.query_features_proj.weight")]
    [InlineData("query_feat.weight")]
    public void What_places_and_scores_stays_in_float(string weight) => QuantizationBlocks.Of(weight).ShouldBeNull();

    [Fact]
    public void Every_product_of_a_network_is_in_a_block_or_on_the_list_of_exceptions()
    {
        using CpuNetwork network = CpuNetwork.Compile(TinyNetwork.Record(TinyNetwork.Masks, 1), new CpuOptions { Threads = 1 });
        string[] exceptions =
        [
            "class_embed", "enc_out_class_embed", "bbox_embed.layers.2", "enc_out_bbox_embed.0.layers.2", "sampling_offsets",
            "attention_weights", "spatial_features_proj", "query_features_proj"
        ];
        foreach (ProductSummary product in network.Products())
        {
            bool inBlock = product.Weights.Any(w => QuantizationBlocks.Of(w) is not null);
            bool excepted = product.Weights.Any(w => exceptions.Any(e => w.Contains(e, StringComparison.Ordinal)));
            (inBlock ^ excepted).ShouldBeTrue(string.Join(", ", product.Weights));
        }
    }

    [Fact]
    public void Blocks_are_matrices_only()
    {
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), TinyNetwork.Masks);
        foreach ((string name, int[] shape) in list.Parameters)
            (QuantizationBlocks.Of(name) is null || shape.Length is 2 or 4).ShouldBeTrue(name);
    }

    [Fact]
    public void Blocks_are_in_the_order_of_the_network()
    {
        string[] blocks =
        [
            "masks", "encoder.10.mlp", "decoder.0", "heads", "encoder.2.mlp", "encoder.2.attention", "two-stage", "embeddings",
            "decoder.positions", "projector"
        ];
        blocks.OrderBy(QuantizationBlocks.Order).ShouldBe(
            [
                "embeddings", "encoder.2.attention", "encoder.2.mlp", "encoder.10.mlp", "projector", "two-stage",
                "decoder.positions", "decoder.0", "heads", "masks"
            ]);
    }
}
