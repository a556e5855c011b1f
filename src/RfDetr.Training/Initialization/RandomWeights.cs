using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Training;

/// <summary>
/// First weights of a network that starts from nothing, by the rules of the parts it is made of: DINOv2 in the encoder, PyTorch's
/// defaults in the projector and the heads, Deformable DETR's in the transformer.
/// </summary>
/// <param name="config">The network.</param>
/// <param name="seed">Equal seeds give equal weights.</param>
/// <param name="layerScale">First value of the encoder's layer scales.</param>
internal sealed class RandomWeights(ModelConfig config, long seed, double layerScale) : IWeightInitializer
{
    /// <summary>
    /// −log(99): every class begins with a probability of 0.01 (RetinaNet's prior, kept by DETR's descendants).
    /// </summary>
    public static float ClassBias { get; } = -(float)Math.Log(99);

    /// <inheritdoc/>
    public HostTensor Create(string name, ReadOnlySpan<int> shape)
    {
        var values = new float[shape.ToArray().Aggregate(1, (product, size) => checked(product * size))];
        Fill(name, shape, values);
        return HostTensor.Of(values, shape);
    }

    private void Fill(string name, ReadOnlySpan<int> shape, float[] values)
    {
        if (name.EndsWith(".lambda1", StringComparison.Ordinal))
            Array.Fill(values, (float)layerScale);
        else if (name.EndsWith("sampling_offsets.bias", StringComparison.Ordinal))
            Directions(values);
        else if (IsZero(name))
            return;
        else if (IsClassBias(name))
            Array.Fill(values, ClassBias);
        else if (
            name.StartsWith("backbone.0.encoder", StringComparison.Ordinal)
                && (shape.Length > 1 || !name.EndsWith(".weight", StringComparison.Ordinal)))
            Draw(name, values, d => 0.02 * d.TruncatedNormal());
        else if (shape.Length == 1)
            Array.Fill(values, 1); // the scale of a norm
        else if (name == "query_feat.weight")
            Draw(name, values, d => d.Normal());
        else
            Uniform(name, shape, values);
    }

    // Biases, the references' offsets, the last layer of the boxes (references are right at first) and what decides where to
    // sample.
    private static bool IsZero(string name) =>
        (name.EndsWith("bias", StringComparison.Ordinal) && !IsClassBias(name))
        || name == "refpoint_embed.weight"
        || name.EndsWith("sampling_offsets.weight", StringComparison.Ordinal)
            || name.EndsWith("attention_weights.weight", StringComparison.Ordinal)
        || (name.Contains("bbox_embed", StringComparison.Ordinal) && name.Contains("layers.2.", StringComparison.Ordinal));

    private static bool IsClassBias(string name) =>
        name.EndsWith("bias", StringComparison.Ordinal) && name.Contains("class_embed", StringComparison.Ordinal);

    private void Uniform(string name, ReadOnlySpan<int> shape, float[] values)
    {
        // Xavier in the decoder; elsewhere PyTorch's default, ±1/√inputs. A transposed convolution stores its outputs second.
        int receptive = values.Length / (shape[0] * shape[1]), inputs = shape[1] * receptive;
        double bound = name.StartsWith("transformer.decoder", StringComparison.Ordinal)
            ? Math.Sqrt(6.0 / (inputs + shape[0] * receptive))
            : 1 / Math.Sqrt(inputs);
        Draw(name, values, d => bound * (2 * d.Uniform() - 1));
    }

    /// <summary>
    /// Heads look in different directions, points at growing distances (Deformable DETR, arXiv 2010.04159, appendix A.4).
    /// </summary>
    private void Directions(float[] values)
    {
        int heads = config.CrossAttentionHeads, levels = config.ProjectorLevels.Count, points = config.DecoderPoints;
        for (int h = 0; h < heads; h++)
        {
            double angle = 2 * Math.PI * h / heads, x = Math.Cos(angle), y = Math.Sin(angle),
            most = Math.Max(Math.Abs(x), Math.Abs(y));
            for (int i = 0; i < levels * points; i++)
            {
                int at = (h * levels * points + i) * 2, distance = i % points + 1;
                values[at] = (float)(x / most * distance);
                values[at + 1] = (float)(y / most * distance);
            }
        }
    }

    private void Draw(string name, float[] values, Func<NormalDraws, double> draw)
    {
        var draws = new NormalDraws(seed, name);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)draw(draws);
    }
}
