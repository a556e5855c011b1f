using System.Globalization;
using RfDetr.Model;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>One set of predictions that is matched and judged by itself.</summary>
/// <param name="Suffix">Of the loss terms' names: nothing, <c>_0</c>…, or <c>_enc</c>.</param>
/// <param name="Logits">[B, N, C].</param>
/// <param name="Boxes">[B, N, (cx, cy, w, h)].</param>
/// <param name="First">First query of this set if all sets' queries are put in a row.</param>
/// <param name="Masks">Factors that masks are made of; null without.</param>
internal sealed record PredictionSet(string Suffix, TorchTensor Logits, TorchTensor Boxes, int First, MaskParts? Masks)
{
    /// <summary>Queries N of all groups.</summary>
    public int Queries => (int)Logits.Shape[1];
}

/// <summary>Masks not multiplied out.</summary>
/// <param name="Features">[B, h, w, d].</param>
/// <param name="Queries">[B, N, d].</param>
/// <param name="Bias">[1].</param>
internal sealed record MaskParts(TorchTensor Features, TorchTensor Queries, TorchTensor Bias);

/// <summary>
/// All of a network's predictions: the last decoder layer, the earlier ones, the two-stage step. In float32 at least.
/// </summary>
internal sealed class Predictions
{
    /// <summary>Sets in order, each beginning where the one before ends.</summary>
    public Predictions(IReadOnlyList<PredictionSet> sets)
    {
        Sets = sets;
        Queries = sets.Sum(s => s.Queries);
        Boxes = TorchTensor.Cat([.. sets.Select(s => s.Boxes)], 1);
    }

    /// <summary>The last layer first.</summary>
    public IReadOnlyList<PredictionSet> Sets { get; }

    /// <summary>[B, all sets' queries, (cx, cy, w, h)].</summary>
    public TorchTensor Boxes { get; }

    /// <summary>Queries of all sets.</summary>
    public int Queries { get; }

    /// <summary>Images B.</summary>
    public int Batch => (int)Boxes.Shape[0];

    /// <summary>Class logits C.</summary>
    public int ClassLogits => (int)Sets[0].Logits.Shape[2];

    /// <summary>Unwraps what a network on libtorch gave.</summary>
    public static Predictions Of(NetworkOutput output)
    {
        var sets = new List<PredictionSet>();
        int first = 0, last = output.Layers.Count - 1;
        Add("", output.Layers[last]);
        for (int i = 0; i < last; i++)
            Add("_" + i.ToString(CultureInfo.InvariantCulture), output.Layers[i]);
        if (output.TwoStage is { } proposals)
            Add("_enc", proposals);
        return new(sets);

        void Add(string suffix, LayerOutput layer)
        {
            sets.Add(
                new(
                    suffix, Wide(layer.Logits), Wide(layer.Boxes), first,
                    layer.Masks is { } m ? new(Wide(m.Features), Wide(m.Queries), Wide(m.Bias)) : null));
            first += sets[^1].Queries;
        }
    }

    // Losses and matching are computed in float32 whatever the network computes in.
    private static TorchTensor Wide(Tensors.Tensor value)
    {
        TorchTensor tensor = TorchBackend.Unwrap(value);
        return tensor.ScalarType is ScalarType.Float16 or ScalarType.BFloat16 ? tensor.To(ScalarType.Float32) : tensor;
    }
}
