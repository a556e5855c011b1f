using System.Runtime.CompilerServices;

namespace RfDetr.Synth;

/// <summary>Meets rays with objects by sphere tracing: step as far as the distance says is free, until nothing is.</summary>
internal static class RayCaster
{
    private const int MaxSteps = 96;

    /// <summary>Distance along the ray to an object's surface, infinite if it is missed. What lies within
    /// <paramref name="tolerance"/>
    /// times the ray's length counts as touched: a fraction of a pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Trace(in BoundingBall bounds, Placed target, V3 origin, V3 direction, float tolerance)
    {
        V3 toCenter = bounds.Center - origin;
        float nearest = V3.Dot(toCenter, direction);
        V3 off = toCenter - direction * nearest;
        float half = bounds.Radius * bounds.Radius - V3.Dot(off, off);
        return half <= 0 ? float.PositiveInfinity : March(target, origin, direction, nearest, MathF.Sqrt(half), tolerance);
    }

    private static float March(Placed target, V3 origin, V3 direction, float nearest, float half, float tolerance)
    {
        float exit = nearest + half, t = MathF.Max(nearest - half, 0);

        // From the point of entry on in the object's own frame: numbers near 1 keep their digits.
        V3 p = target.ToLocal(origin + direction * t), d = target.DirectionToLocal(direction);
        float s = 0, end = (exit - t) / target.Scale, touch = MathF.Max(tolerance * t / target.Scale, 2e-5f);
        for (int i = 0; i < MaxSteps && s <= end; i++)
        {
            float free = target.Solid.Distance(p + d * s);
            if (free < touch)
                return t + s * target.Scale;
            s += free;
        }

        return float.PositiveInfinity;
    }

    /// <summary>
    /// Share of the key light that passes an object on its way to a point, in [0, 1]; the nearer a ray passes, the darker.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Light(in BoundingBall bounds, Placed blocker, V3 point, V3 towardsLight, float penumbra)
    {
        V3 toCenter = bounds.Center - point;
        float nearest = V3.Dot(toCenter, towardsLight);
        if (nearest < -bounds.Radius)
            return 1;
        float reach = bounds.Radius + MathF.Max(nearest, 0) / penumbra;
        float half = reach * reach - (V3.Dot(toCenter, toCenter) - nearest * nearest);
        return half <= 0 ? 1 : MarchToLight(blocker, point, towardsLight, nearest, MathF.Sqrt(half), penumbra);
    }

    private static float MarchToLight(Placed blocker, V3 point, V3 towardsLight, float nearest, float half, float penumbra)
    {
        float start = MathF.Max(nearest - half, 0.02f * blocker.Scale), end = (nearest + half) / blocker.Scale;

        V3 p = blocker.ToLocal(point), d = blocker.DirectionToLocal(towardsLight);
        float light = 1;
        float s = start / blocker.Scale;
        for (int i = 0; i < 40 && s < end; i++)
        {
            float free = blocker.Solid.Distance(p + d * s);
            light = MathF.Min(light, 0.5f + 0.5f * penumbra * free / MathF.Max(s, 1e-3f));
            if (light < 0.02f)
                return 0;
            s += Math.Clamp(free, 0.03f, 0.5f);
        }

        return light * light * (3 - 2 * light);
    }
}

/// <summary>A ball that holds an object, apart from the object so that tests against many lie side by side in memory.</summary>
internal readonly struct BoundingBall(V3 center, float radius)
{
    public readonly V3 Center = center;
    public readonly float Radius = radius;
}
