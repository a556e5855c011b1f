using System.Runtime.CompilerServices;

namespace RfDetr.Synth;

/// <summary>A point, direction or linear RGB color. Plain scalar arithmetic in a written order, so every machine gets the same
/// bits (<see cref="System.Numerics.Vector3"/> leaves the order of a dot product's sum to the hardware).</summary>
internal readonly struct V3(float x, float y, float z)
{
    public readonly float X = x, Y = y, Z = z;

    public static V3 Gray(float value) => new(value, value, value);

    public static V3 operator +(V3 a, V3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static V3 operator -(V3 a, V3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static V3 operator -(V3 a) => new(-a.X, -a.Y, -a.Z);

    public static V3 operator *(V3 a, float s) => new(a.X * s, a.Y * s, a.Z * s);

    /// <summary>Component by component: light times surface color.</summary>
    public static V3 operator *(V3 a, V3 b) => new(a.X * b.X, a.Y * b.Y, a.Z * b.Z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(V3 a, V3 b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z;

    public static V3 Cross(V3 a, V3 b) => new(a.Y * b.Z - a.Z * b.Y, a.Z * b.X - a.X * b.Z, a.X * b.Y - a.Y * b.X);

    public static V3 Mix(V3 a, V3 b, float t) => a + (b - a) * t;

    public float Length => MathF.Sqrt(Dot(this, this));

    public V3 Normalized => this * (1 / MathF.Max(Length, 1e-20f));

    /// <summary>Mirrors this direction at a surface with unit normal <paramref name="n"/>.</summary>
    public V3 Reflect(V3 n) => this - n * (2 * Dot(this, n));
}
