using System.Globalization;
using RfDetr.Model;

namespace RfDetr.Training;

/// <summary>Training rules of one tensor.</summary>
/// <param name="Name">Checkpoint name.</param>
/// <param name="LearningRate">Before the schedule's factor.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="EncoderDepth">0 for the encoder's embeddings, i + 1 for its layer i, one more than the last for its final norm;
/// null outside of it.</param>
internal sealed record ParameterGroup(string Name, double LearningRate, double WeightDecay, int? EncoderDepth);

/// <summary>rf-detr's rule of learning rates and weight decay, one group for each tensor.</summary>
/// <remarks>
/// The order is that of rf-detr's optimizer, so that the states of its checkpoints are ours by position: everything else, then
/// the encoder,
/// then the decoder.
/// </remarks>
internal static class ParameterGroups
{
    private const string Encoder = "backbone.0.encoder.", Decoder = "transformer.decoder.", Layer = ".layer.";

    // Names that hold one of these are not decayed, in the encoder; outside of it biases and norms are.
    private static readonly string[] _notDecayed = ["gamma", "pos_embed", "rel_pos", "bias", "norm", "embeddings"];

    /// <summary>The groups of <paramref name="names"/>, in the optimizer's order.</summary>
    public static IReadOnlyList<ParameterGroup> Of(ModelConfig config, OptimizerOptions options, IEnumerable<string> names)
    {
        ParameterGroup[] groups = [.. CheckpointOrder.Sort(names).Select(name => Group(name, config, options))];
        return
        [
            .. groups.Where(g => Part(g.Name) == 0), .. groups.Where(g => Part(g.Name) == 1),
            .. groups.Where(g => Part(g.Name) == 2)
        ];
    }

    private static int Part(string name) =>
        name.StartsWith(Encoder, StringComparison.Ordinal) ? 1 : name.StartsWith(Decoder, StringComparison.Ordinal) ? 2 : 0;

    private static ParameterGroup Group(string name, ModelConfig config, OptimizerOptions options) => Part(name) switch
    {
        1 => EncoderGroup(name, config, options),
        2 => new(name, options.LearningRate * options.ComponentDecay, options.WeightDecay, null),
        _ => new(name, options.LearningRate, options.WeightDecay, null),
    };

    private static ParameterGroup EncoderGroup(string name, ModelConfig config, OptimizerOptions options)
    {
        int last = config.OutFeatureIndexes[^1] + 2;
        int depth = Depth(name, last);
        double rate =
            options.EncoderLearningRate * Math.Pow(options.LayerDecay, last - depth) * Math.Pow(options.ComponentDecay, 2);
        bool decayed = !_notDecayed.Any(part => name.Contains(part, StringComparison.Ordinal));
        return new(name, rate, decayed ? options.WeightDecay : 0, depth);
    }

    private static int Depth(string name, int last)
    {
        if (name.Contains("embeddings", StringComparison.Ordinal))
            return 0;
        int at = name.IndexOf(Layer, StringComparison.Ordinal);
        if (at < 0)
            return last;
        ReadOnlySpan<char> rest = name.AsSpan(at + Layer.Length);
        int end = rest.IndexOf('.');
        return int.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            ? Math.Min(layer + 1, last)
            : last;
    }
}
