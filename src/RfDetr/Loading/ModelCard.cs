using RfDetr.Model;

namespace RfDetr;

/// <summary>What is known about a loaded model.</summary>
public sealed record ModelCard
{
    /// <summary>Name by which it was asked for, or the file's name.</summary>
    public required string Name { get; init; }

    /// <summary>Variant, e.g. <c>nano</c>; <c>custom</c> for other shapes; <c>unknown</c> for foreign ONNX files.</summary>
    public required string Variant { get; init; }

    /// <summary>The network's configuration; null for ONNX files.</summary>
    public ModelConfig? Config { get; init; }

    /// <summary>What each logit means.</summary>
    public required ClassMap Classes { get; init; }

    /// <summary>Input height in pixels.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Input width in pixels.</summary>
    public required int InputWidth { get; init; }

    /// <summary>True for instance segmentation.</summary>
    public required bool HasMasks { get; init; }

    /// <summary>Candidates kept before any filter.</summary>
    public required int NumSelect { get; init; }

    /// <summary>How images are resized.</summary>
    public required ResizeRule ResizeRule { get; init; }

    /// <summary>How pixels are normalized.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>Which products run in int8 and what that costs, as stored with the weights or asked for; null: none. Our own engine follows it.</summary>
    public QuantizationPolicy? Quantization { get; init; }

    /// <summary>License of the weights, where known.</summary>
    public string? License { get; init; }

    /// <summary>The score threshold, 0..1, with which the weights had their best macro F1 when they were evaluated after training; null if the file does not say.</summary>
    public double? BestThreshold { get; init; }

    /// <summary>What runs it.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Contradictions in the file that were settled, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
