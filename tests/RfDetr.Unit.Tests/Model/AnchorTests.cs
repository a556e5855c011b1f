using RfDetr.Model;

namespace RfDetr.Tests.Model;

public sealed class AnchorTests
{
    [Theory]
    [InlineData(24, 0)]
    [InlineData(49, 0)]
    [InlineData(50, 196)] // 0.5/50 is 0.01 in float32 and not above it
    [InlineData(51, 200)]
    [InlineData(52, 204)]
    [InlineData(64, 252)]
    [InlineData(80, 316)]
    public void A_ring_of_cells_is_invalid_from_fifty_a_side(int side, int invalid)
    {
        Anchors anchors = Anchors.Of([(side, side)]);
        float[] mask = anchors.Mask.ToSingles(), boxes = anchors.Boxes.ToSingles();
        mask.Count(m => m == 0).ShouldBe(invalid);
        anchors.AllValid.ShouldBe(invalid == 0);
        for (int i = 0; i < mask.Length; i++)
        {
            bool edge = i / side == 0 || i / side == side - 1 || i % side == 0 || i % side == side - 1;
            (mask[i] == 0).ShouldBe(edge && invalid > 0);
            boxes.AsSpan(4 * i, 4).ContainsAnyExcept(0f).ShouldBe(mask[i] == 1);
        }
    }

    [Fact]
    public void The_deprecated_large_masks_its_fine_level_only_and_doubles_the_coarse_boxes()
    {
        Anchors anchors = Anchors.Of([(80, 80), (20, 20)]);
        anchors.Mask.ToSingles().Count(m => m == 0).ShouldBe(316);
        anchors.Boxes.ToSingles()[^4..].ShouldBe([19.5f / 20, 19.5f / 20, 0.1f, 0.1f]);
    }

    [Fact]
    public void Oblong_grids_mask_their_long_side_only()
    {
        Anchors anchors = Anchors.Of([(10, 52)]);
        anchors.Mask.ToSingles().Count(m => m == 0).ShouldBe(20);
        anchors.Boxes.ToSingles()[4..8].ShouldBe([1.5f / 52, 0.05f, 0.05f, 0.05f]);
    }
}
