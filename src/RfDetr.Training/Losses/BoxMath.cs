using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// Boxes as four tensors that broadcast against another's: corners with sides not below 0, as rf-detr compares them.
/// </summary>
/// <param name="Left">x of the left side.</param>
/// <param name="Top">y of the upper side.</param>
/// <param name="Right">x of the right side.</param>
/// <param name="Bottom">y of the lower side.</param>
internal readonly record struct Corners(TorchTensor Left, TorchTensor Top, TorchTensor Right, TorchTensor Bottom)
{
    /// <summary>Corners of boxes whose last dimension is (cx, cy, w, h); that dimension goes.</summary>
    public static Corners Of(TorchTensor boxes)
    {
        TorchTensor[] c = [.. Enumerable.Range(0, 4).Select(i => boxes.Select(-1, i))];
        return Of(c[0], c[1], c[2], c[3]);
    }

    /// <summary>Corners of cx, cy, w, h.</summary>
    public static Corners Of(TorchTensor cx, TorchTensor cy, TorchTensor w, TorchTensor h)
    {
        (TorchTensor halfWidth, TorchTensor halfHeight) = (w.Clamp(0, null) * 0.5, h.Clamp(0, null) * 0.5);
        return new(cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight);
    }

    private TorchTensor Area => (Right - Left) * (Bottom - Top);

    /// <summary>IoU and GIoU (arXiv 1902.09630) with others, broadcast.</summary>
    public (TorchTensor IoU, TorchTensor GIoU) Compare(Corners other)
    {
        TorchTensor width = (Right.Minimum(other.Right) - Left.Maximum(other.Left)).Clamp(0, null);
        TorchTensor height = (Bottom.Minimum(other.Bottom) - Top.Maximum(other.Top)).Clamp(0, null);
        TorchTensor intersection = width * height, union = Area + other.Area - intersection;
        TorchTensor hull =
            (Right.Maximum(other.Right) - Left.Minimum(other.Left)) * (Bottom.Maximum(other.Bottom) - Top.Minimum(other.Top));
        TorchTensor iou = intersection / union;
        return (iou, iou - (hull - union) / hull);
    }
}
