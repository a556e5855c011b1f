namespace RfDetr.Synth;

/// <summary>
/// One ray through each pixel's center; four more where a neighbor shows another object or a very different brightness.
/// </summary>
internal static class Antialiasing
{
    // A grid turned by atan ½: no two samples share a row or a column.
    private static readonly (float X, float Y)[] Grid = [(0.125f, 0.375f), (0.375f, 0.875f), (0.875f, 0.625f), (0.625f, 0.125f)];

    public static V3[] Render(
        Camera camera, Shader shader, Visibility seen, int width, int height, Action<int, Action<int>> forEachRow)
    {
        V3[] centers = new V3[width * height], result = new V3[width * height];
        forEachRow(height, row =>
        {
            for (int x = 0; x < width; x++)
            {
                int at = row * width + x;
                centers[at] = shader.Color(camera.Direction(x + 0.5f, row + 0.5f), seen.Index[at], seen.Distance[at]);
            }
        });
        forEachRow(height, row =>
        {
            for (int x = 0; x < width; x++)
            {
                int at = row * width + x;
                result[at] = IsEdge(centers, seen.Index, width, height, x, row)
                    ? Fine(camera, shader, centers[at], x, row)
                    : centers[at];
            }
        });
        return result;
    }

    private static V3 Fine(Camera camera, Shader shader, V3 center, int x, int y)
    {
        V3 sum = Capped(center);
        foreach ((float dx, float dy) in Grid)
        {
            V3 direction = camera.Direction(x + dx, y + dy);
            (int index, float distance) = shader.FirstObject(direction);
            sum += Capped(shader.Color(direction, index, distance));
        }

        return sum * 0.2f;
    }

    /// <summary>Cut where film is white anyway, or one glint would outshine the other samples of its pixel.</summary>
    private static V3 Capped(V3 c) => new(MathF.Min(c.X, 2.5f), MathF.Min(c.Y, 2.5f), MathF.Min(c.Z, 2.5f));

    private static bool IsEdge(V3[] light, sbyte[] index, int width, int height, int x, int y)
    {
        int at = y * width + x;
        return x > 0 && Differ(at, at - 1) || x < width - 1 && Differ(at, at + 1)
            || y > 0 && Differ(at, at - width) || y < height - 1 && Differ(at, at + width);

        bool Differ(int a, int b)
        {
            if (index[a] != index[b])
                return true;
            V3 d = light[a] - light[b];
            float brightness = MathF.Abs(d.X) + MathF.Abs(d.Y) + MathF.Abs(d.Z);
            return brightness > 0.16f + 0.22f * (light[a].X + light[a].Y + light[a].Z);
        }
    }
}
