using CsCheck;
using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

/// <summary>An object that a generator made up.</summary>
internal sealed record MadeObject(int Class, BoxXywh Box, bool Crowd, CocoSegmentation? Mask);

/// <summary>An image that a generator made up.</summary>
internal sealed record MadeImage(string Split, string Name, int Width, int Height, MadeObject[] Objects);

/// <summary>A data set that a generator made up.</summary>
internal sealed record MadeSet(string[] Classes, MadeImage[] Images)
{
    /// <summary>Writes it in one of the two layouts of COCO, which hold everything; each image has other pixels.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="name">Name of its folder.</param>
    /// <param name="original">True: COCO's own layout; false: Roboflow's.</param>
    public void Write(DataSetFolder folder, string name, bool original)
    {
        int number = 0;
        string year = original ? "2017" : "";
        foreach (IGrouping<string, MadeImage> split in Images.GroupBy(i => i.Split))
        {
            var images = new List<CocoImage>();
            var annotations = new List<CocoAnnotation>();
            foreach (MadeImage image in split)
            {
                folder.Image($"{name}/{split.Key}{year}/{image.Name}", image.Width, image.Height, ++number);
                images.Add(new CocoImage(number, image.Name, image.Width, image.Height));
                annotations.AddRange(image.Objects.Select((o, i) => new CocoAnnotation
                {
                    Id =
                        1000 * number + i,
                    ImageId =
                            number,
                    CategoryId =
                                o.Class + 1,
                    Box = o.Box,
                    Area = o.Box.Area,
                    IsCrowd = o.Crowd,
                    Segmentation = o.Mask,
                }));
            }

            CocoCategory[] categories = [.. Classes.Select((c, i) => new CocoCategory(i + 1, c))];
            string file = original ? $"annotations/instances_{split.Key}{year}.json" : $"{split.Key}/_annotations.coco.json";
            Directory.CreateDirectory(Path.GetDirectoryName(folder.At($"{name}/{file}"))!);
            new CocoFile("", images, categories, annotations).Write(folder.At($"{name}/{file}"));
        }
    }
}

/// <summary>Generators of data sets: honest ones with every kind of object, and names that formats trip over.</summary>
internal static class GeneratedSets
{
    private const int Width = 64, Height = 48;

    private static readonly Gen<string> s_stem = Gen.OneOf(
        "a", "b", "A", "a b", "ä", "a\u0308", "猫", "x.y", "images/a", "images/sub/a", "sub/images/b", "labels/c", "sub/d",
        "train/images/e");

    private static readonly Gen<string> s_extension = Gen.Frequency(
        (8, Gen.Const(".bmp")), (1, Gen.Const(".BMP")), (1, Gen.Const(".png")), (1, Gen.Const(".jfif")));

    /// <summary>A number of pixels with two decimals, as most tools write.</summary>
    private static Gen<double> Pixels(double least, double most) =>
        Gen.Int[(int)(100 * least), (int)(100 * most)].Select(v => v / 100.0);

    private static readonly Gen<BoxXywh> s_box = Gen.Frequency(
        (8, Gen.Select(Pixels(0, 40), Pixels(0, 30), Pixels(0.5, 24), Pixels(0.5, 18), (x, y, w, h) => new BoxXywh(x, y, w, h))),
        (1, Gen.Select(Pixels(-9, 60), Pixels(-9, 40), Pixels(0, 50), Pixels(0, 50), (x, y, w, h) => new BoxXywh(x, y, w, h))));

    /// <summary>An outline within a box that touches its sides, so that its bounds are the box.</summary>
    private static Gen<double[]> Touching(BoxXywh b) =>
        Gen.Select(Gen.Double[0.1, 0.9], Gen.Double[0.1, 0.9], Gen.Double[0.1, 0.9], Gen.Double[0.1, 0.9],
        (t, r, l, d) =>
            (double[])[b.X + t * b.Width, b.Y, b.X + b.Width, b.Y + r * b.Height, b.X + d * b.Width, b.Y + b.Height, b.X,
                b.Y + l * b.Height]);

    private static Gen<double[]> Free =>
        Gen.Select(Pixels(-2, 66), Pixels(-2, 50)).Array[3, 6]
            .Select(points => points.SelectMany(p => (double[])[p.Item1, p.Item2]).ToArray());

    private static Gen<CocoSegmentation?> Mask(BoxXywh box) => Gen.Frequency(
        (3, Gen.Const((CocoSegmentation?)null)),
        (3, Touching(box).Select(o => (CocoSegmentation?)new CocoPolygons([o]))),
        (1, Free.Select(o => (CocoSegmentation?)new CocoPolygons([o]))),
        (1, Gen.Select(Touching(box), Free, (a, b) => (CocoSegmentation?)new CocoPolygons([a, b]))),
        (2, Free.Array[1, 2].Select(o => (CocoSegmentation?)new CocoRunLengths(RleMask.FromPolygons(Height, Width, o)))));

    private static readonly Gen<MadeObject> s_object =
        from box in s_box
        from mask in Mask(box)
        from crowd in Gen.Frequency((7, Gen.Const(false)), (1, Gen.Const(true)))
        from number in Gen.Int[0, 2]
        select new MadeObject(number, box, crowd, mask);

    /// <summary>Data sets of up to six images in up to three splits.</summary>
    public static Gen<MadeSet> Sets { get; } =
        from images in Gen.Select(Gen.OneOf("train", "valid", "test"), s_stem, s_extension, s_object.Array[0, 4],
            (split, stem, extension, objects) => new MadeImage(split, stem + extension, Width, Height, objects)).Array[1, 6]
        from classes in Gen.OneOf<string[]>(["cat", "dog", "it's"], ["cone, small", "Ä: b", "- c"], ["true", "null", "12"])
        select new MadeSet(classes, [.. images.DistinctBy(i => (i.Split, i.Name))]);
}
