using RfDetr.Model;

namespace RfDetr.Checkpoints;

/// <summary>Attention heads and sampling points: shapes fix only the product of cross-attention heads and points.</summary>
internal static class HeadInference
{
    public static (int Self, int Cross, int Points) Find(
        ShapeFacts facts, ArgsReader args, ModelConfig? near, List<string> warnings)
    {
        int d = facts.HiddenDim, product = facts.HeadsTimesPoints;

        // Published models have heads 32 wide in self-attention and 16 wide in cross-attention.
        int self = args.Positive("sa_nheads") ?? near?.SelfAttentionHeads ?? Math.Max(1, d / 32);
        int usual = near?.CrossAttentionHeads ?? Math.Max(1, d / 16);
        int? said = args.Positive("ca_nheads"), points = args.Positive("dec_n_points");
        int cross = said ?? (points is { } p && product % p == 0 ? product / p : usual);
        if (said is not null && (product % cross != 0 || d % cross != 0))
        {
            warnings.Add(
                $"the arguments say ca_nheads {cross}, which does not fit weight '{ShapeFacts.Offsets}' ({product} heads "
                    + $"× points); {usual} is used");
            cross = usual;
        }

        if (d % self != 0)
            throw new CheckpointFormatException($"sa_nheads {self} does not divide the decoder's width {d}");
        if (product % cross != 0 || d % cross != 0)
            throw new CheckpointFormatException(
                $"weight '{ShapeFacts.Offsets}' has {product} heads × points, which {cross} heads do not divide; the "
                    + $"checkpoint's arguments ca_nheads and dec_n_points are needed");
        if (points is not null && points != product / cross)
            warnings.Add(
                $"the arguments say dec_n_points {points}, the shapes {product / cross} for {cross} heads; "
                    + $"{product / cross} is used");
        return (self, cross, product / cross);
    }
}
