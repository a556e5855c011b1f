namespace RfDetr;

/// <summary>Sizes of what an engine takes and gives, per picture.</summary>
/// <param name="Height">Input height H.</param>
/// <param name="Width">Input width W.</param>
/// <param name="Queries">Q.</param>
/// <param name="Classes">C.</param>
/// <param name="MaskHeight">Rows of a mask's logits; 0 without masks.</param>
/// <param name="MaskWidth">Columns of a mask's logits; 0 without masks.</param>
/// <param name="FixedBatch">The only batch size it runs, or null.</param>
internal sealed record NetworkSizes(int Height, int Width, int Queries, int Classes, int MaskHeight, int MaskWidth, int? FixedBatch);

/// <summary>Runs a network: our own engine on the CPU, or ONNX Runtime. Safe for many threads.</summary>
internal interface INetworkEngine : IDisposable
{
    /// <summary>What runs where, for people.</summary>
    string Description { get; }

    NetworkSizes Sizes { get; }

    /// <summary>Takes buffers for one run of <paramref name="batch"/> pictures; give them back by disposing.</summary>
    INetworkRun Rent(int batch);
}

/// <summary>Buffers of one run; for one thread at a time.</summary>
internal interface INetworkRun : IDisposable
{
    /// <summary>Where picture i goes: [3, H, W].</summary>
    Span<float> Input(int picture);

    void Execute(CancellationToken cancellationToken);

    /// <summary>[Q, C] of picture i.</summary>
    ReadOnlySpan<float> Logits(int picture);

    /// <summary>[Q, 4] of picture i: cx, cy, w, h.</summary>
    ReadOnlySpan<float> Boxes(int picture);

    /// <summary>[Q, h_m, w_m] of picture i; empty without masks.</summary>
    ReadOnlySpan<float> Masks(int picture);
}
