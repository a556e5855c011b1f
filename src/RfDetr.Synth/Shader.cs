using static RfDetr.Synth.PortableMath;

namespace RfDetr.Synth;

/// <summary>
/// The light that comes back along a ray: key light with soft shadows, surround with contact shadows, highlights, mirror images.
/// </summary>
internal sealed class Shader(SceneLayout scene)
{
    private readonly Camera _camera = scene.Camera;
    private readonly Backdrop _backdrop = scene.Backdrop;
    private readonly SceneLight _light = scene.Light;
    private readonly Placed[] _objects = [.. scene.Objects];
    private readonly BoundingBall[] _bounds = [.. scene.Objects.Select(o => new BoundingBall(o.Center, o.Radius))];

    // Light that the ground throws back up, in its own color.
    private readonly V3 _bounce =
        scene.Backdrop.Ground.MeanColor * (scene.Light.Key * (0.3f * scene.Light.Direction.Y) + scene.Light.Zenith * 0.3f);

    /// <summary>A tenth of a pixel per unit of distance.</summary>
    private float Tolerance => 0.1f / _camera.Focal;

    /// <summary>Index of the first object that a ray from the camera meets (−1: none) and the distance to it.</summary>
    public (int Index, float Distance) FirstObject(V3 direction) => FirstObject(_camera.Position, direction, -1);

    /// <summary>The objects that a ray from the camera would meet if each stood alone: bit i for object i.</summary>
    public (int Index, float Distance, ulong All) AllObjects(V3 direction)
    {
        (int index, float distance, ulong all) = (-1, float.PositiveInfinity, 0);
        for (int i = 0; i < _objects.Length; i++)
        {
            float t = RayCaster.Trace(_bounds[i], _objects[i], _camera.Position, direction, Tolerance);
            if (t == float.PositiveInfinity)
                continue;
            all |= 1UL << i;
            if (t < distance)
                (index, distance) = (i, t);
        }

        return (index, distance, all);
    }

    /// <summary>Linear color along a ray from the camera, given the object it meets first.</summary>
    public V3 Color(V3 direction, int index, float distance)
    {
        if (index >= 0)
            return ObjectColor(_objects[index], index, _camera.Position + direction * distance, direction, distance);
        (float t, bool wall) = _backdrop.Intersect(_camera.Position, direction);
        if (t == float.PositiveInfinity)
            return _backdrop.Sky(direction);
        V3 color = BackdropColor(_camera.Position + direction * t, direction, wall, t);
        return V3.Mix(color, _light.Horizon, _backdrop.Haze(t));
    }

    private (int Index, float Distance) FirstObject(V3 origin, V3 direction, int except)
    {
        (int index, float distance) = (-1, float.PositiveInfinity);
        for (int i = 0; i < _objects.Length; i++)
        {
            if (i == except)
                continue;
            float t = RayCaster.Trace(_bounds[i], _objects[i], origin, direction, Tolerance);
            if (t < distance)
                (index, distance) = (i, t);
        }

        return (index, distance);
    }

    private V3 ObjectColor(Placed target, int index, V3 p, V3 view, float distance)
    {
        V3 n = target.Normal(p);
        Surface surface = target.Surface;
        float footprint = distance / _camera.Focal / target.Scale;
        V3 paint = surface.Color(target.ToLocal(p), footprint);
        float reach = target.Radius;
        float open = Openness(p, n, reach * 0.5f, index) * (
            0.55f + 0.45f * SmoothStep(-0.1f, 0.7f, (p.Y + n.Y * reach * 0.3f) / reach + 0.2f));
        V3 lit = Lit(p + n * (0.01f * target.Scale), n, view, paint, surface, open, index);
        float fresnel = Fresnel(surface.Reflectance, -V3.Dot(n, view));
        if (fresnel < 0.02f)
            return lit;
        V3 mirrored = Surroundings(p, view.Reflect(n), footprint * target.Scale) * (0.3f + 0.7f * open);
        return lit + mirrored * (surface.Metal ? paint * (fresnel / surface.Reflectance) : V3.Gray(fresnel));
    }

    private V3 BackdropColor(V3 p, V3 view, bool wall, float distance)
    {
        V3 n = wall ? _backdrop.WallNormal : new V3(0, 1, 0);
        float footprint = distance / _camera.Focal / MathF.Max(-V3.Dot(n, view), 0.1f);
        Surface surface = wall ? _backdrop.Wall : _backdrop.Ground;
        V3 paint = wall ? _backdrop.WallColor(p, footprint) : _backdrop.GroundColor(p, footprint);
        float corner = wall ? p.Y : _backdrop.WallClearance(p);
        float open = Openness(p, n, 0, -1) * (1 - 0.4f / (1 + corner * 6 / _camera.GroundDistance));
        V3 lit = Lit(p, n, view, paint, surface, open, -1);
        float fresnel = Fresnel(surface.Reflectance, -V3.Dot(n, view));
        if (wall || fresnel < 0.015f)
            return lit;
        V3 bounced = view.Reflect(n);
        (int index, float t) = FirstObject(p, bounced, -1);
        V3 mirrored = index >= 0 ? Plainly(_objects[index], p + bounced * t) : Surroundings(p, bounced, footprint);
        return lit + mirrored * fresnel;
    }

    /// <summary>Diffuse light and highlight at a point.</summary>
    private V3 Lit(V3 p, V3 n, V3 view, V3 paint, Surface surface, float open, int index)
    {
        float facing = V3.Dot(n, _light.Direction);
        float direct = facing > 0 ? Unshadowed(p, index) : 0;
        V3 surround = V3.Mix(_bounce, _light.Zenith + _light.Horizon * 0.25f, 0.5f + 0.5f * n.Y) * open;
        V3 diffuse = paint * (_light.Key * (MathF.Max(facing, 0) * direct) + surround);
        if (surface.Metal)
            diffuse *= 0.15f;
        if (direct <= 0 || surface.Reflectance < 0.002f)
            return diffuse;
        V3 half = (_light.Direction - view).Normalized;
        float shine = PowerOfTwo(MathF.Max(V3.Dot(n, half), 0), surface.Sharpness + 1);
        float strength = MathF.Min(surface.Reflectance * (1 << surface.Sharpness) * 0.35f, 2.5f) * shine * direct;
        return diffuse + _light.Key * (surface.Metal ? paint * strength : V3.Gray(strength));
    }

    /// <summary>An object as a dull mirror shows it: no shadows, no highlights.</summary>
    private V3 Plainly(Placed target, V3 p)
    {
        V3 n = target.Normal(p);
        V3 paint = target.Surface.Color(target.ToLocal(p), 0.05f);
        return paint * (
            _light.Key * MathF.Max(V3.Dot(n, _light.Direction), 0) + V3.Mix(_bounce, _light.Zenith, 0.5f + 0.5f * n.Y));
    }

    /// <summary>Light that a mirror sees apart from other objects.</summary>
    private V3 Surroundings(V3 p, V3 direction, float footprint)
    {
        (float t, bool wall) = _backdrop.Intersect(p, direction);
        V3 beyond = _light.Surround(direction);
        if (t == float.PositiveInfinity)
            return beyond;
        V3 at = p + direction * t, ambient = _light.Zenith + _light.Horizon * 0.25f;
        if (wall)
            return V3.Mix(
                _backdrop.WallColor(at, footprint + 0.01f * t) * (
                    ambient + _light.Key * MathF.Max(V3.Dot(_backdrop.WallNormal, _light.Direction), 0)),
                beyond, 0.15f);
        V3 ground = _backdrop.GroundColor(at, footprint + 0.01f * t) * (ambient + _light.Key * _light.Direction.Y);
        return V3.Mix(ground * 0.8f, beyond, Clamp01(t / (40 * _camera.GroundDistance)));
    }

    private float Unshadowed(V3 p, int index)
    {
        float light = 1;
        for (int i = 0; i < _objects.Length && light > 0; i++)
        {
            if (i != index || !_objects[i].Solid.Convex)
                light *= RayCaster.Light(_bounds[i], _objects[i], p, _light.Direction, _light.Penumbra);
        }

        return light;
    }

    /// <summary>
    /// Share of the surround that reaches a point past nearby objects, from their distance a little way along the normal.
    /// </summary>
    private float Openness(V3 p, V3 n, float reach, int index)
    {
        float open = 1;
        for (int i = 0; i < _objects.Length; i++)
        {
            float radius = _bounds[i].Radius, far = MathF.Max(radius * 0.7f, reach), limit = radius + far * 1.2f;
            V3 toCenter = _bounds[i].Center - p;
            if (V3.Dot(toCenter, toCenter) > limit * limit)
                continue;
            Placed near = _objects[i];
            if (i == index && near.Solid.Convex)
                continue;
            float shut = 1.3f * MathF.Max(0, far * 0.2f - near.Distance(p + n * (far * 0.2f))) / (far * 0.2f)
                + 0.9f * MathF.Max(0, far * 0.8f - near.Distance(p + n * (far * 0.8f))) / (far * 0.8f);
            open *= 1 / (1 + shut);
        }

        return open;
    }

    /// <summary>Schlick's approximation of the share that is mirrored at a given cosine to the normal.</summary>
    private static float Fresnel(float reflectance, float cosine)
    {
        float m = 1 - Clamp01(cosine), m2 = m * m;
        float grazing = reflectance < 0.01f ? reflectance : 0.6f; // rough surfaces stay dull at every angle
        return reflectance + (grazing - reflectance) * MathF.Max(0, m2 * m2 * m);
    }
}
