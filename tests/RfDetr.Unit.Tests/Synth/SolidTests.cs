namespace RfDetr.Tests.Synth;

/// <summary>
/// Properties that the ray caster and the layout rely on: bounds hold, distances never overshoot, support is where the surface
/// is.
/// </summary>
public class SolidTests
{
    public static TheoryData<int> Ids => [.. Enumerable.Range(0, SceneGenerator.ClassNames.Count)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void StaysInsideItsBound(int classId)
    {
        foreach ((Solid solid, SceneRandom random) in Samples(classId))
        {
            for (int i = 0; i < 200; i++)
                solid.Distance(Direction(random) * (solid.Bound * 1.001f)).ShouldBeGreaterThan(-0.002f);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void DistanceNeverOvershoots(int classId)
    {
        // A step of the returned distance in any direction must not pass into the solid.
        foreach ((Solid solid, SceneRandom random) in Samples(classId))
        {
            for (int i = 0; i < 400; i++)
            {
                V3 p = Direction(random) * random.Range(0.2f, 1.1f);
                float free = solid.Distance(p);
                if (free > 0)
                    solid.Distance(p + Direction(random) * free).ShouldBeGreaterThan(-0.012f, $"at ({p.X}, {p.Y}, {p.Z})");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void SupportTouchesTheSurface(int classId)
    {
        foreach ((Solid solid, SceneRandom random) in Samples(classId))
        {
            foreach (V3 d in (V3[])[new(0, -1, 0), new(1, 0, 0), Direction(random), Direction(random)])
            {
                float reach = float.NegativeInfinity;
                V3 best = default;
                for (int i = 0; i < 12000; i++)
                {
                    // First anywhere, then ever closer to the farthest point so far.
                    V3 p = i < 4000
                        ? Direction(random) * random.Range(0.2f, 1.02f)
                        : best + Direction(random) * (random.Unit() * 400 / i);
                    if (V3.Dot(p, d) > reach && solid.Distance(p) <= 0)
                        (best, reach) = (p, V3.Dot(p, d));
                }

                float support = solid.Support(d);
                reach.ShouldBeInRange(support - 0.06f, support + 0.02f, $"direction ({d.X}, {d.Y}, {d.Z})");
            }
        }
    }

    [Fact]
    public void SineAndCosineAreRight()
    {
        for (float x = -20; x < 20; x += 0.037f)
        {
            (float s, float c) = PortableMath.SinCos(x);
            s.ShouldBe(MathF.Sin(x), 1e-6f);
            c.ShouldBe(MathF.Cos(x), 1e-6f);
        }
    }

    [Fact]
    public void GeometricDividesByRatios()
    {
        for (float t = 0; t <= 1; t += 0.05f)
            PortableMath.Geometric(12, 300, t).ShouldBe(12 * MathF.Pow(25, t), 0.05f);
    }

    private static IEnumerable<(Solid, SceneRandom)> Samples(int classId)
    {
        for (int i = 0; i < 3; i++)
        {
            SceneRandom random = new(99, i);
            yield return (ObjectClasses.Make(classId, random), random);
        }
    }

    private static V3 Direction(SceneRandom random)
    {
        while (true)
        {
            V3 v = new(random.Range(-1, 1), random.Range(-1, 1), random.Range(-1, 1));
            if (v.Length is > 0.1f and <= 1)
                return v.Normalized;
        }
    }
}
