namespace RfDetr.Graph;

/// <summary>The usual sequences of passes.</summary>
internal static class Passes
{
    /// <summary>The passes that every consumer wants: constants computed, scales folded, moves simplified.</summary>
    public static NetworkGraph Optimize(NetworkGraph graph) =>
        Run(graph, new PointwiseConvolutions(), new FoldConstants(), new FoldScales(), new FoldConstants(), new SimplifyLayout());

    /// <summary>
    /// The passes that an engine with kernels of its own wants besides: merged projections, products with their epilogues.
    /// </summary>
    /// <remarks>Not for ONNX Runtime, where cutting a merged product up costs more than it saves (measured: 1.13×).</remarks>
    public static NetworkGraph OptimizeForKernels(NetworkGraph graph) =>
        Run(Optimize(graph), new MergeProjections(), new FoldConstants(), new MarkEpilogues(), new SimplifyLayout());

    /// <summary>Runs passes one after another.</summary>
    public static NetworkGraph Run(NetworkGraph graph, params ReadOnlySpan<GraphPass> passes)
    {
        foreach (GraphPass pass in passes)
            graph = pass.Run(graph);
        return graph;
    }
}
