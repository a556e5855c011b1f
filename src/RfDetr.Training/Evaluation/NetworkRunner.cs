using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>What the network says of a batch of images, in host memory.</summary>
/// <param name="Batch">Images B.</param>
/// <param name="Logits">[B, Q, C].</param>
/// <param name="Boxes">[B, Q, (cx, cy, w, h)], shares of the image.</param>
/// <param name="Masks">[B, Q, MaskHeight, MaskWidth] logits; null without a mask head.</param>
/// <param name="MaskHeight">Rows of a mask.</param>
/// <param name="MaskWidth">Columns of a mask.</param>
public sealed record NetworkAnswer(int Batch, float[] Logits, float[] Boxes, float[]? Masks, int MaskHeight, int MaskWidth);

/// <summary>Runs a network on libtorch for its results only: one query group, last layer, no gradients, nothing dropped.</summary>
/// <param name="network">Built on <paramref name="backend"/>.</param>
/// <param name="backend">Not for several threads at once.</param>
public sealed class NetworkRunner(RfDetrNetwork network, TorchBackend backend)
{
    /// <summary>The network's configuration.</summary>
    public ModelConfig Config => network.Config;

    /// <summary>Runs a batch [B, 3, height, width] of normalized images.</summary>
    /// <param name="pixels">Row-major.</param>
    /// <param name="batch">Images B.</param>
    /// <param name="height">A multiple of patch · windows.</param>
    /// <param name="width">Likewise.</param>
    public NetworkAnswer Run(ReadOnlySpan<float> pixels, int batch, int height, int width)
    {
        bool training = backend.Training;
        backend.Training = false;
        try
        {
            using var scope = new TorchScope();
            using InferenceMode mode = TorchRuntime.InferenceMode();
            TorchTensor input = TorchTensor.From(pixels, [batch, Config.Channels, height, width], backend.Device);
            LayerOutput result = network.Forward(backend.Images(input)).Result;
            Tensor? masks = result.Masks?.Logits();
            return new NetworkAnswer(
                batch, Read(result.Logits), Read(result.Boxes), masks is null ? null : Read(masks),
                masks is null ? 0 : masks.Shape[2].Size, masks is null ? 0 : masks.Shape[3].Size);
        }
        finally
        {
            backend.Training = training;
        }
    }

    private static float[] Read(Tensor value) => TorchBackend.Unwrap(value).To(ScalarType.Float32).Contiguous().ToArray<float>();
}
