using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Pixels to tokens: patches, learned positions, one class token per window.</summary>
/// <remarks>
/// Checkpoint names: <c>cls_token</c>, <c>mask_token</c> (unused), <c>position_embeddings</c>,
/// <c>patch_embeddings.projection.*</c>.
/// </remarks>
internal sealed class Embeddings
{
    private readonly ModelConfig _c;
    private readonly Tensor _classToken, _positions, _patchWeight, _patchBias;

    public Embeddings(Weights w, ModelConfig c)
    {
        _c = c;
        Weights patches = w / "patch_embeddings" / "projection";
        int table = c.PositionalEncodingSize * c.PositionalEncodingSize;
        _classToken = w.Get("cls_token", 1, 1, c.EncoderWidth);
        _positions = w.Get("position_embeddings", 1, 1 + table, c.EncoderWidth);
        _patchWeight = patches.Get("weight", c.EncoderWidth, c.Channels, c.PatchSize, c.PatchSize);
        _patchBias = patches.Get("bias", c.EncoderWidth);
        w.Ignore("mask_token");
    }

    /// <summary>[B, 3, H, W] → [B·w², 1 + N/w², D].</summary>
    public Tensor Forward(Tensor image, Windows windows)
    {
        Tensor grid = image.Permute(0, 2, 3, 1).Conv2d(_patchWeight, _patchBias, stride: _c.PatchSize); // [B, h, v, D]
        Tensor tokens = windows.Cut(grid + GridPositions(windows.Height, windows.Width));
        Tensor first = (_classToken + _positions.Slice(1, 0, 1)).BroadcastTo(tokens.Shape[0], 1, _c.EncoderWidth);
        return new[] { first, tokens }.Concat(1);
    }

    private Tensor GridPositions(int height, int width)
    {
        int side = _c.PositionalEncodingSize;
        Tensor table = _positions.Slice(1, 1, side * side).Reshape(1, side, side, _c.EncoderWidth);
        return height == side && width == side ? table : table.ResizeBicubicAntialias(height, width); // [1, h, v, D]
    }
}
