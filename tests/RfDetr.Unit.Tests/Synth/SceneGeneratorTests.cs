using System.Security.Cryptography;

namespace RfDetr.Tests.Synth;

public class SceneGeneratorTests
{
    private const ulong Seed = 20;
    private static readonly Scene[] Series =
        [.. Enumerable.Range(0, 24).Select(i => new SceneGenerator().Render(Seed, i, 160, 120))];

    [Theory]
    [InlineData(1UL, 0, 64, 64, "39ec49f8ba28c699")]
    [InlineData(1UL, 7, 160, 120, "5fb08b70275e1bd9")]
    [InlineData(0xFFFFFFFFFFFFFFFFUL, int.MaxValue, 97, 61, "3aaaf4e5d91e7a93")]
    public void BytesAreTheSameOnEveryMachine(ulong seed, int index, int width, int height, string expected) =>
        Digest(new SceneGenerator().Render(seed, index, width, height)).ShouldBe(expected);

    [Fact]
    public void ThreadsDoNotChangeTheResult()
    {
        string[] digests =
        [
            .. new[] { 1, 2, 7 }.Select(t => Digest(new SceneGenerator(new() { Threads = t }).Render(Seed, 3, 160, 120)))
        ];
        digests.Distinct().Count().ShouldBe(1);
        digests[0].ShouldBe(Digest(Series[3]));
    }

    [Fact]
    public void OneGeneratorServesManyThreads()
    {
        SceneGenerator generator = new(new() { Threads = 1 });
        string[] digests = new string[Series.Length];
        Parallel.For(0, digests.Length, i => digests[i] = Digest(generator.Render(Seed, i, 160, 120)));
        digests.ShouldBe(Series.Select(Digest));
    }

    [Fact]
    public void SeedAndIndexAreDifferentThings() =>
        Series.Append(new SceneGenerator().Render(3, (int)Seed, 160, 120))
            .Select(Digest).Distinct().Count().ShouldBe(Series.Length + 1);

    [Fact]
    public void BoxesAreTight()
    {
        foreach (SceneObject o in Series.SelectMany(s => s.Objects))
        {
            (int width, int height) = (o.Box.Width, o.Box.Height);
            o.Mask.Length.ShouldBe(width * height);
            Enumerable.Range(0, width).ShouldContain(x => o.Mask[x] == 1, "first row");
            Enumerable.Range(0, width).ShouldContain(x => o.Mask[(height - 1) * width + x] == 1, "last row");
            Enumerable.Range(0, height).ShouldContain(y => o.Mask[y * width] == 1, "first column");
            Enumerable.Range(0, height).ShouldContain(y => o.Mask[y * width + width - 1] == 1, "last column");
            o.Mask.Count(m => m == 1).ShouldBe(o.Area);
            o.Mask.Count(m => m == 0).ShouldBe(o.Mask.Length - o.Area);
        }
    }

    [Fact]
    public void MasksAreDisjointAndInside()
    {
        foreach (Scene scene in Series)
        {
            bool[] taken = new bool[scene.Width * scene.Height];
            foreach (SceneObject o in scene.Objects)
            {
                (o.Box.X1 >= 0 && o.Box.Y1 >= 0 && o.Box.X2 <= scene.Width && o.Box.Y2 <= scene.Height).ShouldBeTrue();
                for (int i = 0; i < o.Mask.Length; i++)
                {
                    int at = (o.Box.Y1 + i / o.Box.Width) * scene.Width + o.Box.X1 + i % o.Box.Width;
                    if (o.Mask[i] == 0)
                        continue;
                    taken[at].ShouldBeFalse();
                    taken[at] = true;
                }
            }
        }
    }

    [Fact]
    public void EveryClassAppears() =>
        Series.SelectMany(s => s.Objects).Select(o => o.ClassName).Distinct().Order().ShouldBe(SceneGenerator.ClassNames.Order());

    [Fact]
    public void HardlyVisibleObjectsAreTakenOut()
    {
        foreach (SceneObject o in Series.SelectMany(s => s.Objects))
        {
            o.Area.ShouldBeGreaterThanOrEqualTo(40);
            o.Area.ShouldBeLessThanOrEqualTo(o.AmodalArea);
            ((double)o.Area / o.AmodalArea).ShouldBeGreaterThanOrEqualTo(0.2);
        }

        Series.SelectMany(s => s.Objects).ShouldContain(o => o.Area < o.AmodalArea, "some object hides part of another");
    }

    [Fact]
    public void OptionsAreObeyed()
    {
        SceneGenerator generator = new(new() { MinObjects = 1, MaxObjects = 1, Classes = ["star"] });
        for (int i = 0; i < 8; i++)
        {
            Scene scene = generator.Render(5, i, 96, 96);
            scene.Objects.Count.ShouldBe(1);
            scene.Objects[0].ClassName.ShouldBe("star");
            scene.Objects[0].ClassId.ShouldBe(5);
        }
    }

    [Fact]
    public void ABallIsRound()
    {
        SceneGenerator generator = new(new() { MinObjects = 1, MaxObjects = 1, MinObjectSize = 60, Classes = ["ball"] });
        SceneObject ball = Enumerable.Range(0, 20).SelectMany(i => generator.Render(6, i, 256, 256).Objects)
            .First(o => o.Box is { X1: > 0, Y1: > 0, X2: < 256, Y2: < 256 });
        // A ball seen off the image's middle is an ellipse, longer by 1/cos of the angle at most: half a field of view here.
        (ball.Area / (ball.Box.Width * ball.Box.Height * Math.PI / 4)).ShouldBe(1, 0.03);
        ((double)ball.Box.Width / ball.Box.Height).ShouldBe(1, 0.15);
    }

    [Fact]
    public void ImagesHaveContrast()
    {
        foreach (Scene scene in Series)
        {
            double mean = scene.Rgb.Average(b => (double)b);
            mean.ShouldBeInRange(30, 225);
            Math.Sqrt(scene.Rgb.Average(b => (b - mean) * (b - mean))).ShouldBeGreaterThan(8);
        }
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(8, 200)]
    [InlineData(333, 9)]
    public void TinyAndNarrowImagesWork(int width, int height)
    {
        for (int i = 0; i < 5; i++)
            new SceneGenerator(new() { MaxObjects = 64 }).Render(7, i, width, height).Rgb.Length.ShouldBe(width * height * 3);
    }

    [Fact]
    public void BadArgumentsAreNamed()
    {
        SceneGenerator generator = new();
        Should.Throw<ArgumentOutOfRangeException>(() => generator.Render(0, -1, 64, 64)).ParamName.ShouldBe("index");
        Should.Throw<ArgumentOutOfRangeException>(() => generator.Render(0, 0, 7, 64)).Message.ShouldContain("8 to 8192");
        Should.Throw<ArgumentOutOfRangeException>(() => generator.Render(0, 0, 64, 8193)).ParamName.ShouldBe("height");
        string all = Should.Throw<ArgumentException>(() => new SceneGenerator(
            new() { MinObjects = 5, MaxObjects = 4, MaxObjectFraction = double.NaN, Classes = ["hat"] })).Message;
        all.ShouldContain("5 and 4");
        all.ShouldContain("NaN");
        all.ShouldContain("unknown: hat");
    }

    private static string Digest(Scene scene)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(scene.Rgb);
        foreach (SceneObject o in scene.Objects)
        {
            hash.AppendData(
                [
                    (byte)o.ClassId, .. BitConverter.GetBytes(o.Box.X1), .. BitConverter.GetBytes(o.Box.Y1),
                    .. BitConverter.GetBytes(o.AmodalArea)
                ]);
            hash.AppendData(o.Mask);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
