using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Training;

/// <summary>A checkpoint's tensors made to fit another number of classes, queries or groups, or another resolution.</summary>
/// <remarks>
/// Class heads: rows tiled and cut (rf-detr's rule). Queries: cut or filled up within each group (its flat cut mixed the groups).
/// Groups beyond the file's take an existing group's heads and queries of their own. Position table: resampled, class token
/// untouched. The mask head is left out where it is not wanted.
/// </remarks>
internal sealed class AdaptedWeights : IWeightSource
{
    private const string Positions = "position_embeddings", Content = "query_feat.weight", Offsets = "refpoint_embed.weight";
    private const string GroupHeads = "transformer.enc_out", MaskHead = "segmentation_head.";
    private readonly IWeightSource _source;
    private readonly ModelConfig _from, _to;
    private readonly long _seed;

    public AdaptedWeights(IWeightSource source, ModelConfig from, ModelConfig to, long seed)
    {
        _source = HeadResizing.Resize(source, to.ClassLogits);
        (_from, _to, _seed) = (from, to, seed);
        Names =
        [
            .. source.Names.Where(n =>
                IsGroupHead(n, out int group, out _)
                    ? group < to.GroupDetr
                    : to.SegmentationHead || !n.StartsWith(MaskHead, StringComparison.Ordinal))
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; }

    /// <inheritdoc/>
    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
    {
        if (IsGroupHead(name, out int group, out Range at) && group >= _from.GroupDetr)
            name = string.Create(
                CultureInfo.InvariantCulture, $"{name[..at.Start.Value]}{group % _from.GroupDetr}{name[at.End.Value..]}");
        if (!_source.TryGet(name, out tensor))
            return false;
        if (name is Content or Offsets)
            tensor = Queries(name, tensor);
        else if (name.EndsWith(Positions, StringComparison.Ordinal) && _from.PositionalEncodingSize != _to.PositionalEncodingSize)
            tensor = Resample(tensor);
        return true;
    }

    // transformer.enc_output.{g}.…, enc_output_norm.{g}, enc_out_class_embed.{g}, enc_out_bbox_embed.{g}
    private static bool IsGroupHead(string name, out int group, out Range at)
    {
        (group, at) = (0, default);
        if (!name.StartsWith(GroupHeads, StringComparison.Ordinal))
            return false;
        int start = name.IndexOf('.', GroupHeads.Length) + 1, end = name.IndexOf('.', start);
        at = start..end;
        return start > 0
            && end > start
            && int.TryParse(name.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out group);
    }

    private HostTensor Queries(string name, HostTensor old)
    {
        int width = old.Shape[1], had = _from.NumQueries, want = _to.NumQueries;
        if (had == want && _from.GroupDetr == _to.GroupDetr)
            return old;
        float[] values = old.ToSingles(), result = new float[_to.GroupDetr * want * width];
        var draws = new NormalDraws(_seed, name);
        for (int g = 0; g < _to.GroupDetr; g++)
        {
            for (int q = 0; q < want; q++)
            {
                Span<float> row = result.AsSpan((g * want + q) * width, width);
                if (g < _from.GroupDetr && q < had)
                    values.AsSpan((g * had + q) * width, width).CopyTo(row);
                else if (name == Content)
                    Draw(row, draws);
            }
        }

        return HostTensor.Of(result, _to.GroupDetr * want, width);
    }

    private static void Draw(Span<float> row, NormalDraws draws)
    {
        for (int i = 0; i < row.Length; i++)
            row[i] = (float)draws.Normal();
    }

    private HostTensor Resample(HostTensor table)
    {
        int side = _from.PositionalEncodingSize, wanted = _to.PositionalEncodingSize, width = _from.EncoderWidth;
        float[] values = table.ToSingles();
        var host = new HostBackend();
        Tensor grid = host.Constant(HostTensor.Of(values[width..], 1, side, side, width));
        HostTensor resized = HostBackend.Read(grid.ResizeBicubicAntialias(wanted, wanted)); // [1, T, T, D]
        return HostTensor.Of([.. values[..width], .. resized.ToSingles()], 1, 1 + wanted * wanted, width);
    }
}
