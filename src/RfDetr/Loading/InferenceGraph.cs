using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>Records the network for inference with the outputs of rf-detr's export contract.</summary>
internal static class InferenceGraph
{
    public const string InputName = "input", BoxesName = "dets", LogitsName = "labels", MasksName = "masks";

    /// <summary>Records the network whose tensors <c>weights</c> loads; a null batch means any; <c>taps</c> chooses stages to keep.</summary>
    public static NetworkGraph Record(Func<Backend, Weights> weights, ModelConfig config, int height, int width, int? batch = null, Func<string, bool>? taps = null)
    {
        var backend = new GraphBackend();
        var network = new RfDetrNetwork(weights(backend), config);
        Tensor image = backend.Input(InputName, TensorType.Float([batch ?? Dim.Batch, config.Channels, height, width]));
        LayerOutput result = network.Forward(image).Result;
        var outputs = new List<(string, Tensor)> { (BoxesName, result.Boxes), (LogitsName, result.Logits) };
        if (result.Masks is { } masks)
            outputs.Add((MasksName, masks.Logits()));
        return backend.Finish(outputs, taps);
    }
}
