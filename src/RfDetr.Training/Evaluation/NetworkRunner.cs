using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>A network's outputs for a batch of images, in host memory.</summary>
/// <param name="batch">Images B.</param>
/// <param name="values">Each output by its name, <c>[B, …]</c>, row-major.</param>
internal sealed class NetworkAnswer(int batch, IReadOnlyDictionary<string, float[]> values) : INetworkOutputs
{
    /// <summary>Images B.</summary>
    public int Batch => batch;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(string name, int image)
    {
        float[] all = values[name];
        int length = all.Length / batch;
        return all.AsSpan(image * length, length);
    }
}

/// <summary>
/// Runs a network on libtorch for its results only: one query group, last layer, no gradients, nothing dropped.
/// </summary>
/// <param name="network">Built on <paramref name="backend"/>.</param>
/// <param name="backend">Not for several threads at once.</param>
internal sealed class NetworkRunner(RfDetrNetwork network, TorchBackend backend)
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
            return new NetworkAnswer(
                batch, InferenceOutput.All(Config, height, width).ToDictionary(o => o.Name, o => Read(o.Of(result))));
        }
        finally
        {
            backend.Training = training;
        }
    }

    private static float[] Read(Tensor value) => TorchBackend.Unwrap(value).To(ScalarType.Float32).Contiguous().ToArray<float>();
}
