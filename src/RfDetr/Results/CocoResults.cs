using System.Globalization;

namespace RfDetr;

/// <summary>
/// Results in COCO's format, a list of <c>{"image_id", "category_id", "bbox": [x, y, w, h], "score"}</c>, or with
/// <c>segmentation</c> in place of <c>bbox</c>, as pycocotools' <c>loadRes</c> reads them; each entry also has <c>file_name</c>.
/// </summary>
/// <remarks>
/// A file holds boxes or masks, never both: pycocotools takes a detection's area from its box as soon as there is one, which is
/// not that of its mask. <c>category_id</c> is the class's id in the data set the model was trained on, or the logit's index
/// where the model does not know it. <c>image_id</c> is the file name's number, as in COCO's own names (<c>000000000139.jpg</c> →
/// 139); an image with another name gets the lowest number from 1 that is free then.
/// </remarks>
public sealed class CocoResults : IResultWriter
{
    private readonly CocoResultWriter _results;
    private readonly bool _masks;
    private readonly ClassMap _classes;
    private readonly Func<string, long?>? _imageId;
    private readonly HashSet<long> _used = [];
    private long _next = 1;

    /// <summary>Begins a list.</summary>
    /// <param name="stream">Receives UTF-8; stays open.</param>
    /// <param name="model">The model whose results they are.</param>
    /// <param name="imageId">
    /// The id of a file where the data set knows it; null, or an answer of null, for the rule above.
    /// </param>
    /// <param name="masks">True for a file of masks, false for one of boxes.</param>
    /// <exception cref="ArgumentException">Masks are asked for and the model finds none.</exception>
    public CocoResults(Stream stream, ModelInfo model, Func<string, long?>? imageId = null, bool masks = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(model);
        if (masks && !model.Has(Head.Masks))
            throw new ArgumentException($"'{model.Name}' finds no masks; write boxes, or take a seg-… variant", nameof(masks));
        (_classes, _imageId, _masks) = (model.Classes, imageId, masks);
        _results = new CocoResultWriter(stream, masks, singles: true);
    }

    /// <inheritdoc/>
    public void Write(string file, Detections found)
    {
        ArgumentNullException.ThrowIfNull(found);
        long id = IdOf(file);
        string name = Path.GetFileName(file);
        foreach (Detection detection in found.Items)
        {
            BoxXyxy box = detection.Box;
            long category = _classes.TryGet(detection.ClassId, out ClassEntry? entry)
                ? entry.DatasetId ?? entry.Label
                : detection.ClassId;
            _results.Write(id, category, [box.X1, box.Y1, box.Width, box.Height], detection.Score, detection.Mask, name);
        }

        _results.Flush();
    }

    /// <inheritdoc/>
    public void Complete() => _results.Complete();

    /// <summary>Frees the writer; the stream stays open.</summary>
    public void Dispose() => _results.Dispose();

    private long IdOf(string file)
    {
        if (_imageId?.Invoke(file) is { } known)
            return known;
        string stem = Path.GetFileNameWithoutExtension(file);
        if (long.TryParse(stem, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && _used.Add(number))
            return number;
        while (!_used.Add(_next))
            _next++;
        return _next;
    }
}
