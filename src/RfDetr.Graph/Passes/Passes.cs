namespace RfDetr.Graph;

/// <summary>The usual sequences of passes.</summary>
public static class Passes
{
    /// <summary>What every consumer wants: constants computed, scales folded, projections merged, moves simplified.</summary>
    public static NetworkGraph Optimize(NetworkGraph graph) => Run(
        graph,
        new PointwiseConvolutions(),
        new FoldConstants(),
        new FoldScales(),
        new MergeProjections(),
        new FoldConstants(),
        new SimplifyLayout());

    /// <summary>Runs passes one after another.</summary>
    public static NetworkGraph Run(NetworkGraph graph, params ReadOnlySpan<GraphPass> passes)
    {
        foreach (GraphPass pass in passes)
            graph = pass.Run(graph);
        return graph;
    }
}
