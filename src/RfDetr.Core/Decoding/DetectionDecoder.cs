using System.Buffers;

namespace RfDetr;

/// <summary>
/// From the network's numbers to detections in pixels: selection, then each head in turn. Detecting, evaluating and training all
/// decode here. Immutable; safe for many threads.
/// </summary>
internal sealed class DetectionDecoder
{
    private readonly NetworkContract _contract;
    private readonly ClassMap _classes;
    private readonly SelectionOptions _selection;
    private readonly DetectOptions _options;
    private readonly Head[] _others;

    /// <summary>Decodes with a model's classes and heads.</summary>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, or names a class that the model does not have.
    /// </exception>
    public DetectionDecoder(ModelInfo model, NetworkContract contract, DetectOptions options)
        : this(
            model.Classes, options.Heads is { } some ? model.Heads.Intersect(some) : model.Heads, contract,
            LabelFilter.ToSelection(options, model), options)
    {
    }

    /// <summary>Decodes with a selection of the caller's own.</summary>
    /// <param name="classes">Names of the logits; of others nothing may be selected.</param>
    /// <param name="heads">The heads to decode; boxes always are.</param>
    /// <param name="contract">Names and shapes of the outputs.</param>
    /// <param name="selection">Rules for the candidates to keep.</param>
    /// <param name="options">Region of interest, clamping, suppression.</param>
    public DetectionDecoder(
        ClassMap classes, IEnumerable<Head> heads, NetworkContract contract, SelectionOptions selection, DetectOptions options)
    {
        (_contract, _classes, _selection, _options) = (contract, classes, selection, options);
        _others = [.. heads.Where(head => head != Head.Boxes)];
    }

    /// <summary>Detections of one image of an executed batch, in descending order of score.</summary>
    /// <param name="outputs">The network's answer.</param>
    /// <param name="image">0-based index in the batch.</param>
    /// <param name="width">Width of the whole image in pixels.</param>
    /// <param name="height">Height of the whole image in pixels.</param>
    /// <exception cref="NetworkOutputException">An output has values that are not finite.</exception>
    public Detections Decode(INetworkOutputs outputs, int image, int width, int height)
    {
        int most = _selection.MaxCount(_contract.Queries, _contract.Classes);
        Candidate[] candidates = ArrayPool<Candidate>.Shared.Rent(most);
        try
        {
            ReadOnlySpan<float> logits = outputs.Output(OutputNames.Logits, image);
            if (!FiniteValues.All(logits))
                throw new NetworkOutputException(OutputNames.Logits);
            int count = Selector.Run(
                logits, _contract.Queries, _contract.Classes, _selection, candidates.AsSpan(0, most), out bool saturated);
            IReadOnlyList<DetectionBuilder> found = [.. candidates.Take(count).Select(static c => new DetectionBuilder(c))];
            FrameGeometry frame = FrameGeometry.Of(width, height, _options.Roi);
            Decode(Head.Boxes, outputs, image, frame, found);
            if (_options.NmsIoU is { } iou)
                found = Suppress(found, iou);
            foreach (Head head in _others)
                Decode(head, outputs, image, frame, found);
            return new Detections
            {
                Width = width,
                Height = height,
                Items = [.. found.Select(f => f.Build(_classes.NameOf(f.Label)))],
                IsSaturated = saturated,
            };
        }
        finally
        {
            ArrayPool<Candidate>.Shared.Return(candidates);
        }
    }

    private void Decode(Head head, INetworkOutputs outputs, int image, FrameGeometry frame, IReadOnlyList<DetectionBuilder> to) =>
        head.Decode(new HeadInput(outputs.Output(head.Output, image), _contract[head.Output], frame, _options), to);

    private static DetectionBuilder[] Suppress(IReadOnlyList<DetectionBuilder> found, float iou)
    {
        int[] kept = NonMaximumSuppression.Run(
            [.. found.Select(f => f.Box)], [.. found.Select(f => f.Score)], [.. found.Select(f => f.Label)], iou);
        return [.. kept.Select(i => found[i])];
    }
}
