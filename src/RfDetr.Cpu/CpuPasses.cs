using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>The passes that a network goes through before plans are made of it.</summary>
internal static class CpuPasses
{
    public static NetworkGraph Run(NetworkGraph graph) =>
        Passes.OptimizeForKernels(Passes.Run(graph, new Decompose(op => op is not UpsampleConv2x2)));
}
