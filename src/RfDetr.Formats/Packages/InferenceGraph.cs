using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>Records the network for inference with the outputs of rf-detr's export contract.</summary>
internal static class InferenceGraph
{
    /// <summary>
    /// Records the network whose tensors <c>weights</c> loads; a null batch means any; <c>taps</c> chooses stages to keep.
    /// </summary>
    public static NetworkGraph Record(
        Func<Backend, Weights> weights, ModelConfig config, int height, int width, int? batch = null,
        Func<string, bool>? taps = null)
    {
        var backend = new GraphBackend();
        var network = new RfDetrNetwork(weights(backend), config);
        Tensor image = backend.Input(OutputNames.Input, TensorType.Float([batch ?? Dim.Batch, config.Channels, height, width]));
        LayerOutput result = network.Forward(image).Result;
        return backend.Finish([.. InferenceOutput.All(config, height, width).Select(o => (o.Name, o.Of(result)))], taps);
    }

    /// <summary>Inputs and outputs of the recorded network.</summary>
    public static NetworkContract Contract(ModelConfig config, int height, int width, int? batch = null) => new()
    {
        Height = height,
        Width = width,
        Outputs = [.. InferenceOutput.All(config, height, width).Select(o => new OutputSpec { Name = o.Name, Shape = o.Shape })],
        FixedBatch = batch,
    };
}
