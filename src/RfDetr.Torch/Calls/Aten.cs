using System.Collections.Concurrent;

namespace RfDetr.Torch;

/// <summary>Any operator of libtorch by name; what is called often holds an <see cref="AtenOp"/> of its own instead.</summary>
internal static class Aten
{
    private static readonly ConcurrentDictionary<string, AtenOp> Known = [];

    /// <summary>
    /// Calls an operator that gives one tensor: <c>Aten.Call("aten::layer_norm", x, new long[] { 384 }, weight, bias, 1e-6)</c>.
    /// </summary>
    /// <param name="name">Name and overload, <c>aten::sum.dim_IntList</c>.</param>
    /// <param name="args">
    /// Arguments in the schema's order; missing ones at the end, and <see cref="TorchArg.Default"/>, have its defaults.
    /// </param>
    /// <exception cref="TorchException">There is no such operator, the arguments do not fit, or it failed.</exception>
    public static TorchTensor Call(string name, params ReadOnlySpan<TorchArg> args) => Op(name).Call(args);

    /// <summary>Calls an operator that gives several tensors.</summary>
    public static TorchTensor[] CallMany(string name, params ReadOnlySpan<TorchArg> args) => Op(name).CallMany(args);

    /// <summary>Calls an operator for its effect.</summary>
    public static void Run(string name, params ReadOnlySpan<TorchArg> args) => Op(name).Run(args);

    /// <summary>True if the loaded libtorch has the operator.</summary>
    public static bool Has(string name) => Op(name).Exists;

    private static AtenOp Op(string name) => Known.GetOrAdd(name, static n => new AtenOp(n));
}
