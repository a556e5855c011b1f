namespace RfDetr.Tests.Masks;

public sealed class CocoPolygonTests
{
    [Fact]
    public void A_rectangle_covers_its_pixels()
    {
        RleMask mask = RleMask.FromBox(10, 12, new BoxXyxy(2, 3, 6, 8));
        mask.BoundingBox.ShouldBe(new PixelRect(2, 3, 4, 5));
        mask.Area.ShouldBe(20);
    }

    [Fact]
    public void Parts_beyond_the_image_are_cut() =>
        RleMask.FromPolygons(10, 10, [[-50, -50, 50, -50, 50, 50, -50, 50]]).Area.ShouldBe(100);

    [Fact]
    public void Several_polygons_are_united()
    {
        double[] left = [0, 0, 4, 0, 4, 4, 0, 4], right = [2, 0, 8, 0, 8, 4, 2, 4];
        RleMask.FromPolygons(4, 8, [left, right]).Area.ShouldBe(32);
        RleMask.FromPolygons(4, 8, []).ShouldBe(RleMask.Empty(4, 8));
    }

    [Fact]
    public void Repeated_points_change_nothing()
    {
        double[] plain = [1, 1, 7.3, 2, 5, 6.6], repeated = [1, 1, 1, 1, 7.3, 2, 7.3, 2, 7.3, 2, 5, 6.6];
        RleMask.FromPolygons(9, 9, [repeated]).ShouldBe(RleMask.FromPolygons(9, 9, [plain]));
    }

    [Fact]
    public void Malformed_polygons_are_refused()
    {
        Should.Throw<AnnotationFormatException>(() =>
            RleMask.FromPolygons(9, 9, [[1, 2, 3, 4]])).Message.ShouldContain("4 numbers");
        Should.Throw<AnnotationFormatException>(() => RleMask.FromPolygons(9, 9, [[1, 2, 3, 4, 5, 6, 7]]));
        Should.Throw<AnnotationFormatException>(() =>
            RleMask.FromPolygons(9, 9, [[1, 2, 3, 4, 5, double.NaN]])).Message.ShouldContain("Coordinate 5");
        Should.Throw<AnnotationFormatException>(() => RleMask.FromPolygons(9, 9, [[1, 2, 3, 4, 5, 1e300]]));
        Should.Throw<AnnotationFormatException>(() =>
            RleMask.FromPolygons(9, 9, [[-5e7, 0, 5e7, 1, 0, 5]])).Message.ShouldContain("outline");
        Should.Throw<AnnotationFormatException>(() => RleMask.FromPolygons(0, 9, [[1, 2, 3, 4, 5, 6]]));
    }
}
