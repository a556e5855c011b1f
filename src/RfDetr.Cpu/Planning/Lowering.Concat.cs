using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <content>Joining: where a step can write its rows straight into the joined value, it does.</content>
internal sealed partial class Lowering
{
    private readonly Dictionary<Node, View> _places = [];

    private void PlaceConcatenations()
    {
        foreach (Node node in _graph.Order.Reverse())
        {
            if (node.Op is not Concat concat || node.Type.DType == DType.Int64)
                continue;
            View whole = Place(node);
            int axis = node.Shape.Axis(concat.Axis), start = 0;
            foreach (Node input in node.Inputs)
            {
                int length = SizesOf(input)[axis];
                View part = whole.Slice(axis, start, length);
                if (CanWriteRows(input) && part.RowStep() is not null)
                    _ = _places.TryAdd(input, part);
                start += length;
            }
        }
    }

    private bool CanWriteRows(Node node) => !_absorbed.Contains(node) && (_patterns.ContainsKey(node) || node.Op is LayerNorm);

    /// <summary>Place of a node's result: a part of a joined value, or a storage of its own.</summary>
    private View Place(Node node)
    {
        if (!_places.TryGetValue(node, out View? view))
            _places[node] = view = NewFor(node);
        return view;
    }

    private View LowerConcat(Node node, Concat concat)
    {
        View whole = Place(node);
        int axis = node.Shape.Axis(concat.Axis), start = 0;
        foreach (Node input in node.Inputs)
        {
            int length = SizesOf(input)[axis];
            View part = whole.Slice(axis, start, length), from = ViewOf(input);
            if (from.Storage != part.Storage || from.Offset != part.Offset)
                Copy(from, part);
            start += length;
        }

        return whole;
    }
}
