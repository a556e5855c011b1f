using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>One anchor box (cx, cy, w, h) per cell of every level, and which of them count.</summary>
internal sealed class Anchors
{
    private const float Low = 0.01f, High = 0.99f, BaseSize = 0.05f;

    private Anchors(HostTensor boxes, HostTensor mask, bool allValid) => (Boxes, Mask, AllValid) = (boxes, mask, allValid);

    /// <summary>[S, 4]; zeros where invalid.</summary>
    public HostTensor Boxes { get; }

    /// <summary>[S, 1]; 1 where valid, else 0.</summary>
    public HostTensor Mask { get; }

    /// <summary>True for grids of fewer than 50 cells a side.</summary>
    public bool AllValid { get; }

    public static Anchors Of(IReadOnlyList<(int Height, int Width)> levels)
    {
        int cells = levels.Sum(l => l.Height * l.Width), at = 0;
        float[] boxes = new float[4 * cells], mask = new float[cells];
        for (int l = 0; l < levels.Count; l++)
        {
            float size = BaseSize * (1 << l);
            for (int i = 0; i < levels[l].Height; i++)
            {
                for (int j = 0; j < levels[l].Width; j++, at++)
                {
                    float cx = (j + 0.5f) / levels[l].Width, cy = (i + 0.5f) / levels[l].Height;
                    if (!IsInside(cx) || !IsInside(cy) || !IsInside(size))
                        continue;
                    mask[at] = 1;
                    new[] { cx, cy, size, size }.CopyTo(boxes, 4 * at);
                }
            }
        }

        return new(HostTensor.Of(boxes, cells, 4), HostTensor.Of(mask, cells, 1), mask.All(m => m == 1));
    }

    private static bool IsInside(float value) => value is > Low and < High;
}
