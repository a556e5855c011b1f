using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>
/// RF-DETR (arXiv 2511.09554), written once for every back end: windowed DINOv2 encoder → projector → two-stage selection →
/// decoder → heads. Building it from <see cref="Weights"/> loads and checks them; <see cref="Forward"/> is pure.
/// </summary>
internal sealed class RfDetrNetwork
{
    private readonly WindowedEncoder _encoder;
    private readonly LevelProjector[] _projector;
    private readonly TwoStageTransformer _transformer;
    private readonly Dense _classes;
    private readonly Mlp _boxes;
    private readonly SegmentationHead? _masks;

    /// <summary>
    /// Takes the tensors of <paramref name="config"/> from <paramref name="weights"/> (published checkpoints' names).
    /// </summary>
    /// <exception cref="WeightsException">Tensors are missing, unexpected or mis-shaped; all are listed.</exception>
    public RfDetrNetwork(Weights weights, ModelConfig config)
    {
        Config = config;
        Weights backbone = weights / "backbone" / 0;
        _encoder = new WindowedEncoder(backbone / "encoder" / "encoder", config);
        _projector = [.. config.ProjectorLevels.Select((_, l) => new LevelProjector(backbone / "projector", config, l))];
        _transformer = new TwoStageTransformer(weights, config);
        _classes = new Dense(weights / "class_embed", config.HiddenDim, config.ClassLogits);
        _boxes = new Mlp(weights / "bbox_embed", config.HiddenDim, config.HiddenDim, config.HiddenDim, 4);
        _masks = config.SegmentationHead ? new SegmentationHead(weights / "segmentation_head", config) : null;
        weights.Complete($"variant '{config.Variant}'");
    }

    /// <summary>Configuration that the network was built for.</summary>
    public ModelConfig Config { get; }

    /// <summary>Runs the network.</summary>
    /// <param name="image">[B, 3, H, W], normalized; H and W multiples of <see cref="ModelConfig.SizeDivisor"/>.</param>
    /// <param name="request">Parts of the answer that are wanted; null for inference.</param>
    /// <exception cref="ShapeException">The image's size does not fit.</exception>
    public NetworkOutput Forward(Tensor image, ForwardRequest? request = null)
    {
        request ??= ForwardRequest.Inference;
        (int height, int width) = (image.Shape[2].Size, image.Shape[3].Size);
        Tensor[] features = _encoder.Forward(image);                                             // [B, h, v, D] each
        // [B, h·s, v·s, d]
        Tensor[] maps = [.. _projector.Select((p, l) => p.Forward(features).TapChannelsFirst($"projector.{l}"))];
        TransformerOutput decoded = _transformer.Forward(maps, request.Groups);                    // [B, G·Q, d] per layer
        int first = request.EveryLayer ? 0 : decoded.States.Length - 1;
        MaskFactors[]? masks = _masks?.Forward(maps[0], decoded.States, first, height, width);
        var output = new NetworkOutput(
            [.. decoded.States.Skip(first).Select((state, i) => Predict(state, decoded.Reference, masks?[i]))],
            request.TwoStage ? PredictTwoStage(decoded.Proposals, maps[0], height, width, request) : null);
        return Tapped(output);
    }

    private LayerOutput Predict(Tensor state, Tensor reference, MaskFactors? masks) =>
        new(_classes.Forward(state), Boxes.Decode(_boxes.Forward(state), reference), masks);

    private LayerOutput PredictTwoStage(Proposals proposals, Tensor map, int height, int width, ForwardRequest request) =>
        new(
            proposals.Logits, proposals.Boxes,
            _masks?.ForwardTwoStage(map, proposals.Features, height, width, request.ProjectTwoStageMasks));

    private static NetworkOutput Tapped(NetworkOutput output)
    {
        _ = output.Result.Logits.Tap("pred_logits");
        _ = output.Result.Boxes.Tap("pred_boxes");
        return output;
    }
}
