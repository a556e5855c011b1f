using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>Sizes of what an engine takes and gives, per picture.</summary>
/// <param name="Height">Input height H.</param>
/// <param name="Width">Input width W.</param>
/// <param name="Queries">Q.</param>
/// <param name="Classes">C.</param>
/// <param name="MaskHeight">Rows of a mask's logits; 0 without masks.</param>
/// <param name="MaskWidth">Columns of a mask's logits; 0 without masks.</param>
/// <param name="FixedBatch">The only batch size it runs, or null.</param>
public sealed record NetworkSizes(int Height, int Width, int Queries, int Classes, int MaskHeight, int MaskWidth, int? FixedBatch);

/// <summary>Makes an engine of one's own for a checkpoint's network; see <see cref="DetectorOptions.CustomEngine"/>.</summary>
/// <param name="weights">Loads the tensors onto a back end. Only to be called before the factory returns: the file is closed then.</param>
/// <param name="config">The network.</param>
/// <param name="sizes">What it takes and gives.</param>
public delegate INetworkEngine NetworkEngineFactory(Func<Backend, Weights> weights, ModelConfig config, NetworkSizes sizes);

/// <summary>Runs a network: our own engine on the CPU, ONNX Runtime, or one of the caller's. Safe for many threads.</summary>
public interface INetworkEngine : IDisposable
{
    /// <summary>What runs where, for people.</summary>
    string Description { get; }

    /// <summary>Sizes of its buffers.</summary>
    NetworkSizes Sizes { get; }

    /// <summary>Takes buffers for one run of <paramref name="batch"/> pictures; give them back by disposing.</summary>
    INetworkRun Rent(int batch);
}

/// <summary>Buffers of one run; for one thread at a time.</summary>
public interface INetworkRun : IDisposable
{
    /// <summary>Where picture i goes: [3, H, W].</summary>
    Span<float> Input(int picture);

    /// <summary>Runs the network over the pictures.</summary>
    void Execute(CancellationToken cancellationToken);

    /// <summary>[Q, C] of picture i.</summary>
    ReadOnlySpan<float> Logits(int picture);

    /// <summary>[Q, 4] of picture i: cx, cy, w, h.</summary>
    ReadOnlySpan<float> Boxes(int picture);

    /// <summary>[Q, h_m, w_m] of picture i; empty without masks.</summary>
    ReadOnlySpan<float> Masks(int picture);
}
