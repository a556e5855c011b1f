using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>A product with the neighbors that one step does along with it.</summary>
/// <param name="Product">FusedLinear, Linear or Conv2d of one group.</param>
/// <param name="PreNorm">The layer norm in front, or null.</param>
/// <param name="Depthwise">The depthwise convolution in front of that, or null.</param>
/// <param name="PostNorm">The layer norm behind, or null.</param>
/// <param name="PostActivation">Function that follows that.</param>
internal sealed record ProductPattern(Node Product, Node? PreNorm, Node? Depthwise, Node? PostNorm, UnaryFunction PostActivation)
{
    /// <summary>Finds all patterns: by the node whose value they give, and which nodes they take in.</summary>
    public static (Dictionary<Node, ProductPattern> Roots, HashSet<Node> Absorbed) FindAll(NodeGraph graph)
    {
        var roots = new Dictionary<Node, ProductPattern>();
        var absorbed = new HashSet<Node>();
        foreach (Node node in graph.Order.Reverse().Where(n => !absorbed.Contains(n)))
        {
            if (absorbed.Contains(node) || Match(node) is not { } pattern)
                continue;
            roots[node] = pattern;
            absorbed.UnionWith(pattern.Between(node));
        }

        return (roots, absorbed);
    }

    // Everything from the root down to the first node of the pattern, reshapes included.
    private IEnumerable<Node> Between(Node root)
    {
        Node first = Depthwise ?? PreNorm ?? Product;
        for (Node at = root; at != first;)
        {
            at = at.Inputs[0];
            yield return at;
        }
    }

    private static ProductPattern? Match(Node root)
    {
        (Node at, UnaryFunction activation) = (root, UnaryFunction.Same);
        if (ActivationOf(root) is { } function && root.Inputs[0] is { Op: LayerNorm, IsUsedOnce: true } inner)
            (at, activation) = (inner, function);
        Node? postNorm = null;
        if (at.Op is LayerNorm && at.Inputs[0] is { IsUsedOnce: true } product && IsProduct(product))
            (at, postNorm) = (product, at);
        if (!IsProduct(at) || (at == root && activation != UnaryFunction.Same))
            return null;
        Node? preNorm = at.Op is Conv2d ? null : Behind(at.Inputs[0], n => n.Op is LayerNorm);
        Node? depthwise = preNorm is null ? null : Behind(preNorm.Inputs[0], IsDepthwise);
        return new(at, preNorm, depthwise, postNorm, activation);
    }

    /// <summary>The function an operation applies to each element, or null.</summary>
    public static UnaryFunction? ActivationOf(Node node) => node.Op switch
    {
        Unary { Kind: UnaryKind.Relu } => UnaryFunction.Relu,
        Tensors.Gelu => UnaryFunction.Gelu,
        Tensors.Silu => UnaryFunction.Silu,
        _ => null,
    };

    private static bool IsProduct(Node node) => node.Op switch
    {
        FusedLinear or Linear => true,
        Conv2d { Groups: 1 } => node.Inputs[1].Constant is not null,
        _ => false,
    };

    /// <summary>One kernel per channel, with constant weights.</summary>
    public static bool IsDepthwise(Node node) => node.Op is Conv2d conv && conv.Groups > 1 && conv.Groups == node.LastSize
        && conv.Groups == node.Inputs[0].LastSize && node.Inputs[1].Constant is not null;

    // What lies behind reshapes that leave rows whole, if nothing else reads it.
    private static Node? Behind(Node node, Func<Node, bool> isWanted)
    {
        while (
            node.IsUsedOnce
                && node.Op is Reshape && node.Shape.Rank > 0 && node.Inputs[0].Shape.Rank > 0
                && node.Shape[-1] == node.Inputs[0].Shape[-1])
            node = node.Inputs[0];
        return node.IsUsedOnce && isWanted(node) ? node : null;
    }
}
