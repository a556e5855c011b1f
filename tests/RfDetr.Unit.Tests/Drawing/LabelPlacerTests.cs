namespace RfDetr.Tests.Drawing;

public sealed class LabelPlacerTests
{
    [Fact]
    public void Plates_go_above_then_elsewhere_around_the_same_box()
    {
        var placer = new LabelPlacer(200, 200);
        var box = new PixelRect(50, 50, 100, 60);
        placer.Place(box, 40, 10).ShouldBe(new PixelRect(50, 40, 40, 10));
        placer.Place(box, 40, 10).ShouldBe(new PixelRect(110, 40, 40, 10));
        placer.Place(box, 40, 10).ShouldBe(new PixelRect(50, 110, 40, 10));
    }

    [Fact]
    public void At_the_top_of_the_image_the_plate_goes_below() =>
        new LabelPlacer(100, 100).Place(new PixelRect(10, 3, 50, 50), 20, 10).ShouldBe(new PixelRect(10, 53, 20, 10));

    [Fact]
    public void A_box_as_high_as_the_image_gets_its_plate_inside() =>
        new LabelPlacer(100, 100).Place(new PixelRect(10, 0, 50, 100), 20, 10).ShouldBe(new PixelRect(10, 0, 20, 10));

    [Fact]
    public void Plates_stay_inside_the_image_whatever_the_box()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            var placer = new LabelPlacer(120, 90);
            for (int i = 0; i < 20; i++)
            {
                int x = random.Next(120), y = random.Next(90);
                PixelRect plate =
                    placer.Place(new PixelRect(x, y, random.Next(1, 121 - x), random.Next(1, 91 - y)), random.Next(5, 60), 12);
                plate.Intersect(new PixelRect(0, 0, 120, 90)).ShouldBe(plate);
            }
        }
    }

    [Fact]
    public void A_few_boxes_far_apart_never_cover_one_another()
    {
        var placer = new LabelPlacer(300, 300);
        var plates = new List<PixelRect>();
        for (int i = 0; i < 5; i++)
            plates.Add(placer.Place(new PixelRect(100 + i, 100 + i, 80, 80), 40, 12));
        foreach (PixelRect a in plates)
            plates.Count(b => !a.Intersect(b).IsEmpty).ShouldBe(1);
    }

    [Fact]
    public void A_plate_wider_than_the_image_starts_at_its_left() =>
        new LabelPlacer(30, 30).Place(new PixelRect(20, 20, 5, 5), 50, 10).X.ShouldBe(0);

    [Fact]
    public void Labels_of_crowded_boxes_never_hide_each_other_where_there_is_room()
    {
        var placer = new LabelPlacer(400, 300);
        var plates = new List<PixelRect>();

        // Forty nearly equal boxes: eight places around them are soon taken.
        for (int i = 0; i < 40; i++)
            plates.Add(placer.Place(new PixelRect(180 + i % 3, 140 + i % 2, 40, 30), 50, 14));

        for (int i = 0; i < plates.Count; i++)
        {
            new PixelRect(0, 0, 400, 300).Intersect(plates[i]).ShouldBe(plates[i]);
            for (int j = i + 1; j < plates.Count; j++)
                plates[i].Intersect(plates[j]).IsEmpty.ShouldBeTrue($"{plates[i]} and {plates[j]}");
        }
    }

    [Fact]
    public void Places_that_are_taken_beforehand_stay_free_and_a_full_image_still_gets_labels()
    {
        var placer = new LabelPlacer(60, 30);
        placer.Take(new PixelRect(0, 0, 60, 15));
        placer.Place(new PixelRect(5, 16, 20, 10), 30, 10).Y.ShouldBeGreaterThanOrEqualTo(15);
        for (int i = 0; i < 9; i++)
            new PixelRect(0, 0, 60, 30).Intersect(placer.Place(new PixelRect(5, 16, 20, 10), 30, 10)).IsEmpty.ShouldBeFalse();
    }
}
