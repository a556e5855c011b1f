using RfDetr.Onnx;

namespace RfDetr.Tests.Onnx;

public sealed class DetectionContractTests
{
    private static readonly OnnxValueInfo s_input = Value("input", 1, 3, 384, 512);

    [Fact]
    public void Files_without_metadata_and_with_a_fixed_batch_are_understood()
    {
        DetectionContract contract = DetectionContract.Of([s_input], [Value("dets", 1, 300, 4), Value("labels", 1, 300, 91)]);
        contract.FixedBatch.ShouldBe(1);
        (contract.Channels, contract.Height, contract.Width).ShouldBe((3, 384, 512));
        (contract.Queries, contract.Classes).ShouldBe((300, 91));
        contract.Masks.ShouldBeNull();
    }

    [Fact]
    public void Boxes_and_logits_of_the_same_shape_are_told_apart_by_name()
    {
        OnnxValueInfo labels = Value("labels", -1, 300, 4), dets = Value("dets", -1, 300, 4),
        masks = Value("masks", -1, 300, 96, 128);
        DetectionContract contract =
            DetectionContract.Of([s_input with { Shape = Value("", -1, 3, 384, 512).Shape }], [labels, masks, dets]);
        contract.Boxes.ShouldBe(dets);
        contract.Logits.ShouldBe(labels);
        contract.Masks.ShouldBe(masks);
        contract.FixedBatch.ShouldBeNull();
    }

    [Fact]
    public void The_long_names_work_too()
    {
        DetectionContract contract = DetectionContract.Of(
            [Value("pixels", 1, 3, 8, 8)],
            [Value("pred_logits", 1, 9, 2), Value("pred_boxes", 1, 9, 4), Value("pred_masks", 1, 9, 2, 2)]);
        contract.Input.Name.ShouldBe("pixels");
        contract.Masks!.Name.ShouldBe("pred_masks");
    }

    [Fact]
    public void Masks_under_a_number_are_found_by_their_shape_and_every_output_that_is_left_over_is_told()
    {
        OnnxValueInfo dets = Value("dets", -1, 9, 4), labels = Value("labels", -1, 9, 3), masks = Value("4245", -1, 9, 24, 32);
        OnnxValueInfo[] others = [Value("tokens", -1, 9, 256), Value("features", -1, 256, 24, 32),
            Value("ids", -1, 9, 24, 32) with { ElementType = OnnxElementType.Int64 }];

        DetectionContract contract = DetectionContract.Of([s_input], [dets, labels, .. others, masks]);

        contract.Masks.ShouldBe(masks);
        contract.Warnings.Count.ShouldBe(2);
        contract.Warnings[0].ShouldContain("'4245' Float32 [?, 9, 24, 32] is taken for the masks");
        contract.Warnings[1].ShouldStartWith("not used are the outputs 'tokens'");
        contract.Warnings[1].ShouldContain("'features'");
        contract.Warnings[1].ShouldContain("'ids'");

        // Two of them: neither is guessed, both are told.
        DetectionContract doubtful = DetectionContract.Of([s_input], [dets, labels, masks, masks with { Name = "77" }]);
        doubtful.Masks.ShouldBeNull();
        doubtful.Warnings.ShouldHaveSingleItem().ShouldContain("'4245' Float32 [?, 9, 24, 32], '77'");

        // Metadata that knows of no masks is believed.
        InferenceMetadata metadata = MetadataJsonTests.Example() with
        {
            InputName = "input",
            InputShape = [-1, 3, 384, 512],
            Outputs = new Dictionary<string, string> { ["pred_boxes"] = "dets", ["pred_logits"] = "labels" },
        };
        DetectionContract told = DetectionContract.Of([s_input], [dets, labels, masks], metadata);
        told.Masks.ShouldBeNull();
        told.Warnings.ShouldHaveSingleItem().ShouldStartWith("not used is the output '4245'");
        DetectionContract.Of([s_input], [dets, labels]).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Metadata_names_win()
    {
        InferenceMetadata metadata = MetadataJsonTests.Example() with
        {
            InputName = "x",
            InputShape = [-1, 3, 16, 24],
            Outputs = new Dictionary<string, string> { ["pred_boxes"] = "b", ["pred_logits"] = "c" },
        };
        OnnxValueInfo[] outputs = [Value("dets", 1, 9, 4), Value("b", 1, 9, 4), Value("c", 1, 9, 5)];
        DetectionContract contract = DetectionContract.Of([s_input, Value("x", -1, 3, -1, -1)], outputs, metadata);
        contract.Boxes.Name.ShouldBe("b");
        (contract.Height, contract.Width).ShouldBe((16, 24));
        Refused([Value("x", 1, 3, 16, 16)], outputs, metadata).ShouldContain("width 16, the metadata says 24");
        Refused([s_input], outputs, metadata).ShouldContain("input 'x'");
        Refused([Value("x", 1, 3, 16, 24)], [outputs[0], outputs[1]], metadata).ShouldContain("output 'c'");
    }

    [Fact]
    public void What_is_there_is_named_when_a_part_is_missing()
    {
        Refused([s_input], [Value("dets", 1, 9, 4), Value("scores", 1, 9)]).ShouldBe(
            "no output with the class logits (looked for 'labels' and 'pred_logits'); the model has 'dets' Float32 [1, "
                + "9, 4], 'scores' Float32 [1, 9]");
        Refused([s_input], [Value("dets", 1, 9, 5), Value("labels", 1, 9, 3)]).ShouldContain("boxes of 4 numbers");
        Refused([s_input], [Value("dets", 1, 9, 4), Value("labels", 1, 8, 3)]).ShouldContain("queries");
        Refused([s_input], [Value("dets", 9, 4), Value("labels", 1, 9, 3)]).ShouldContain("in 3 dimensions, it has 2");
        Refused(
            [Value("a", 1, 3, 8, 8), Value("b", 1)], [Value("dets", 1, 9, 4), Value("labels", 1, 9, 3)])
            .ShouldContain("no input 'input'");
        Refused(
            [Value("input", -1, 3, -1, 8)], [Value("dets", 1, 9, 4), Value("labels", 1, 9, 3)])
            .ShouldContain("leaves its height open");
        Refused(
            [s_input], [Value("dets", 1, 9, 4) with { ElementType = OnnxElementType.Int64 }, Value("labels", 1, 9, 3)])
            .ShouldContain("Float32 or Float16");
    }

    private static string Refused(OnnxValueInfo[] inputs, OnnxValueInfo[] outputs, InferenceMetadata? metadata = null) =>
        Should.Throw<OnnxFormatException>(() => DetectionContract.Of(inputs, outputs, metadata)).Message;

    private static OnnxValueInfo Value(string name, params long[] shape) =>
        new(name, OnnxElementType.Float32, [.. shape.Select(size => new OnnxDimension(size))]);
}
