using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>Sizes of what an engine takes and gives, per image.</summary>
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

    /// <summary>Takes buffers for one run of <paramref name="batch"/> images; give them back by disposing.</summary>
    INetworkRun Rent(int batch);
}

/// <summary>Buffers of one run; for one thread at a time.</summary>
public interface INetworkRun : IDisposable
{
    /// <summary>Where image i goes: [3, H, W].</summary>
    Span<float> Input(int image);

    /// <summary>Runs the network over the images.</summary>
    void Execute(CancellationToken cancellationToken);

    /// <summary>[Q, C] of image i.</summary>
    ReadOnlySpan<float> Logits(int image);

    /// <summary>[Q, 4] of image i: cx, cy, w, h.</summary>
    ReadOnlySpan<float> Boxes(int image);

    /// <summary>[Q, h_m, w_m] of image i; empty without masks.</summary>
    ReadOnlySpan<float> Masks(int image);
}
