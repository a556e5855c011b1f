namespace RfDetr.Tests.Decoding;

/// <summary>From a network's numbers to detections.</summary>
public sealed class DetectionDecoderTests
{
    [Fact]
    public void Boxes_scores_classes_and_masks_come_from_their_rows()
    {
        Detections found = new PlantedOutputs().Decode();
        (found.Width, found.Height, found.IsSaturated).ShouldBe((100, 50, false));
        found.Items.Select(d => (d.ClassName, MathF.Round(d.Score, 3))).ShouldBe([("a", 0.881f), ("b", 0.731f), ("a", 0.622f)]);
        BoxXyxy box = found.Items[0].Box;
        ((float[])[box.X1, box.Y1, box.X2, box.Y2]).ShouldBe([40, 15, 60, 35], 1e-4);
        found.Items[2].Box.X1.ShouldBe(20, 1e-4f);
        found.Items[0].Mask!.BoundingBox.ShouldBe(new PixelRect(0, 0, 100, 25), "the upper half");
        found.Items[2].Mask!.BoundingBox.ShouldBe(new PixelRect(50, 0, 50, 50), "the right half");
    }

    [Fact]
    public void A_query_with_several_classes_has_one_mask()
    {
        Detections found = new PlantedOutputs().Decode();
        found.Items[1].Mask.ShouldBeSameAs(found.Items[0].Mask, "decoded once");
    }

    [Fact]
    public void Heads_that_are_not_wanted_are_not_decoded()
    {
        var outputs = new PlantedOutputs();
        outputs[OutputNames.Masks][0] = float.NaN;
        outputs.Decode(new DetectOptions { Heads = [Head.Boxes] }).Items.ShouldAllBe(d => d.Mask == null);
    }

    [Theory]
    [InlineData(OutputNames.Logits, float.NaN)]
    [InlineData(OutputNames.Logits, float.NegativeInfinity)]
    [InlineData(OutputNames.Boxes, float.PositiveInfinity)]
    [InlineData(OutputNames.Masks, float.NaN)]
    public void What_is_not_finite_is_an_error_that_names_the_output(string output, float value)
    {
        var outputs = new PlantedOutputs();
        outputs[output][0] = value;
        NetworkOutputException e = Should.Throw<NetworkOutputException>(() => outputs.Decode());
        e.Output.ShouldBe(output);
        e.Message.ShouldContain(output);
    }

    [Fact]
    public void A_result_says_that_candidates_may_have_been_left_out()
    {
        var outputs = new PlantedOutputs();
        outputs.Decode(new DetectOptions { NumSelect = 3 }).IsSaturated.ShouldBeTrue("all three passed");
        outputs.Decode(new DetectOptions { NumSelect = 4 }).IsSaturated.ShouldBeFalse("the fourth is below the threshold");
        outputs.Decode(
            new DetectOptions { NumSelect = 3, Classes = ["c"] }).IsSaturated.ShouldBeTrue("whatever classes are kept");
        outputs.Decode(new DetectOptions { NumSelect = 3, ScoreThreshold = 0.7f }).IsSaturated.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(33)]
    public void Finite_values_are_told_from_others_at_every_place(int length)
    {
        var values = new float[length];
        Array.Fill(values, float.MaxValue);
        FiniteValues.All(values).ShouldBeTrue();
        for (int i = 0; i < length; i++)
        {
            foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            {
                values[i] = bad;
                FiniteValues.All(values).ShouldBeFalse();
                values[i] = 0;
            }
        }
    }
}
