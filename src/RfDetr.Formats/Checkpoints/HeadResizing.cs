using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>Gives a checkpoint class heads of another size, as fine-tuning on other classes needs.</summary>
/// <remarks>
/// Row <c>r</c> of the new head is row <c>r mod C</c> of the old one (existing rows tiled, then cut), for
/// <c>class_embed</c> and every <c>transformer.enc_out_class_embed.g</c>, weight and bias: rf-detr 1.4.1's rule.
/// </remarks>
internal static class HeadResizing
{
    /// <summary>
    /// A source whose class heads have <paramref name="classLogits"/> rows; all other tensors are passed through.
    /// </summary>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="classLogits">Rows C of the new heads, ≥ 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classLogits"/> is below 1.</exception>
    public static IWeightSource Resize(IWeightSource weights, int classLogits)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(classLogits, 1);
        return new ResizedHeads(weights, classLogits);
    }

    private sealed class ResizedHeads(IWeightSource weights, int rows) : IWeightSource
    {
        public IReadOnlyCollection<string> Names => weights.Names;

        public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
        {
            if (!weights.TryGet(name, out tensor))
                return false;
            if (IsClassHead(name) && tensor.Shape.Count > 0 && tensor.Shape[0] != rows)
                tensor = Tile(name, tensor);
            return true;
        }

        private static bool IsClassHead(string name) =>
            name is "class_embed.weight" or "class_embed.bias" ||
            (
                name.StartsWith("transformer.enc_out_class_embed.", StringComparison.Ordinal)
                    && (name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal)));

        private HostTensor Tile(string name, HostTensor old)
        {
            int count = old.Shape[0];
            if (count == 0)
                throw new CheckpointFormatException($"weight '{name}' has no rows to make a head of {rows} from");
            int rowBytes = old.Bytes.Length / count;
            var bytes = new byte[checked((long)rows * rowBytes)];
            ReadOnlySpan<byte> source = old.Bytes.Span;
            for (int r = 0; r < rows; r++)
                source.Slice(r % count * rowBytes, rowBytes).CopyTo(bytes.AsSpan(r * rowBytes));
            return new HostTensor(old.DType, [rows, .. old.Shape.Skip(1)], bytes);
        }
    }
}
