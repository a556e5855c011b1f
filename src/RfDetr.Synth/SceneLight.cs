namespace RfDetr.Synth;

/// <summary>One far key light, and a soft surround that is brighter above than at the horizon.</summary>
internal sealed class SceneLight
{
    public SceneLight(SceneRandom random, bool outdoor)
    {
        float elevation = random.Range(0.55f, 1.25f), azimuth = random.Range(-2.2f, 2.2f);
        (float se, float ce) = PortableMath.SinCos(elevation);
        (float sa, float ca) = PortableMath.SinCos(azimuth);
        Direction = new V3(ce * sa, se, -ce * ca).Normalized; // mostly from behind the camera or the side

        float warmth = random.Range(-0.12f, 0.2f);
        Key = new V3(1 + warmth, 1, 1 - warmth) * random.Range(1.9f, 2.9f);
        V3 above = outdoor ? new V3(0.5f, 0.66f, 0.95f) : new V3(0.8f - warmth * 0.4f, 0.8f, 0.8f + warmth * 0.4f);
        Zenith = above * random.Range(0.32f, 0.65f);
        Horizon = (outdoor ? new V3(0.85f, 0.88f, 0.9f) : new V3(0.62f, 0.6f, 0.58f)) * random.Range(0.4f, 0.8f);
        Penumbra = random.Range(5f, 22f);
    }

    /// <summary>Unit vector towards the key light.</summary>
    public V3 Direction { get; }

    public V3 Key { get; }

    public V3 Zenith { get; }

    public V3 Horizon { get; }

    /// <summary>Sharpness of shadows: distance along the shadow ray over the width of its soft border.</summary>
    public float Penumbra { get; }

    /// <summary>Light that a ray sees which leaves the scene: the surround and the light's own glow.</summary>
    public V3 Surround(V3 direction)
    {
        float up = PortableMath.Clamp01(direction.Y), glow = PortableMath.SmoothStep(0.86f, 0.99f, V3.Dot(direction, Direction));
        return V3.Mix(Horizon, Zenith, up * (2 - up)) + Key * (glow * 0.7f);
    }
}
