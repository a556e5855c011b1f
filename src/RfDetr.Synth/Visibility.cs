namespace RfDetr.Synth;

/// <summary>The object that each pixel's center shows, and its distance.</summary>
internal sealed class Visibility
{
    private readonly int _width, _height, _count;
    private readonly int[] _amodal;

    public Visibility(SceneLayout scene, Shader shader, int width, int height, Action<int, Action<int>> forEachRow)
    {
        (_width, _height, _count) = (width, height, scene.Objects.Count);
        Index = new sbyte[width * height];
        Distance = new float[width * height];
        int[] perRow = new int[height * _count];
        forEachRow(height, row =>
        {
            for (int x = 0; x < width; x++)
            {
                (int index, float distance, ulong all) = shader.AllObjects(scene.Camera.Direction(x + 0.5f, row + 0.5f));
                Index[row * width + x] = (sbyte)index;
                Distance[row * width + x] = distance;
                for (; all != 0; all &= all - 1)
                    perRow[row * _count + System.Numerics.BitOperations.TrailingZeroCount(all)]++;
            }
        });

        _amodal = new int[_count];
        for (int i = 0; i < perRow.Length; i++)
            _amodal[i % _count] += perRow[i];
    }

    /// <summary>Per pixel the object's index in the layout, −1 for the backdrop.</summary>
    public sbyte[] Index { get; }

    /// <summary>Per pixel the distance along the ray; infinite for the backdrop.</summary>
    public float[] Distance { get; }

    /// <summary>The layout's objects that can be seen well enough.</summary>
    public List<Placed> Keep(IReadOnlyList<Placed> objects, int minPixels, double minFraction)
    {
        int[] area = new int[_count];
        foreach (sbyte index in Index)
        {
            if (index >= 0)
                area[index]++;
        }

        return [.. objects.Where((_, i) => area[i] >= minPixels && area[i] >= minFraction * _amodal[i])];
    }

    /// <summary>Boxes and masks of all objects.</summary>
    public List<SceneObject> Annotate(IReadOnlyList<Placed> objects)
    {
        List<SceneObject> result = [];
        for (int i = 0; i < _count; i++)
        {
            if (Annotate(objects[i], i) is { } seen)
                result.Add(seen);
        }

        return result;
    }

    /// <summary>Box and mask of one object; null if no pixel shows it.</summary>
    public SceneObject? Annotate(Placed placed, int index)
    {
        PixelBox box = Box(index);
        if (box.Width <= 0)
            return null;
        byte[] mask = new byte[box.Width * box.Height];
        int area = 0;
        for (int y = box.Y1; y < box.Y2; y++)
        {
            for (int x = box.X1; x < box.X2; x++)
            {
                if (Index[y * _width + x] != index)
                    continue;
                mask[(y - box.Y1) * box.Width + x - box.X1] = 1;
                area++;
            }
        }

        return new(placed.ClassId, box, mask, area, _amodal[index]);
    }

    private PixelBox Box(int index)
    {
        (int x1, int y1, int x2, int y2) = (_width, _height, 0, 0);
        for (int y = 0; y < _height; y++)
        {
            ReadOnlySpan<sbyte> row = Index.AsSpan(y * _width, _width);
            int first = row.IndexOf((sbyte)index);
            if (first < 0)
                continue;
            (x1, x2) = (Math.Min(x1, first), Math.Max(x2, row.LastIndexOf((sbyte)index) + 1));
            (y1, y2) = (Math.Min(y1, y), y + 1);
        }

        return new(x1, y1, x2, y2);
    }
}
