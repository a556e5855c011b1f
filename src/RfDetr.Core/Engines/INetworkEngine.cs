namespace RfDetr;

/// <summary>Runs a network: our own engine on the CPU, ONNX Runtime, libtorch, or a custom one. Safe for many threads.</summary>
public interface INetworkEngine : IDisposable
{
    /// <summary>Library, version and threads, for people.</summary>
    string Description { get; }

    /// <summary>Inputs and outputs of the network.</summary>
    NetworkContract Contract { get; }

    /// <summary>Takes buffers for one run of <paramref name="batch"/> images; give them back by disposing.</summary>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    INetworkRun Rent(int batch);
}

/// <summary>The values that a network gave for a batch of images.</summary>
public interface INetworkOutputs
{
    /// <summary>An output of image <paramref name="image"/>, row-major in the shape of its <see cref="OutputSpec"/>.</summary>
    /// <param name="name">A name of <see cref="NetworkContract.Outputs"/>.</param>
    /// <param name="image">0-based index in the batch.</param>
    ReadOnlySpan<float> Output(string name, int image);
}

/// <summary>Buffers of one run; for one thread at a time. Outputs are valid until it is executed again or disposed.</summary>
public interface INetworkRun : INetworkOutputs, IDisposable
{
    /// <summary>The place for image <paramref name="image"/>: <c>[3, H, W]</c>, normalized.</summary>
    Span<float> Input(int image);

    /// <summary>Runs the network over the images.</summary>
    /// <exception cref="OperationCanceledException">The caller canceled; the outputs are undefined.</exception>
    void Execute(CancellationToken cancellationToken);
}
