using System.Collections.Concurrent;

namespace RfDetr.Tests.Front;

/// <summary>An engine that notes the sizes of its batches, and gives one image of a batch an answer that is no number.</summary>
internal sealed class RecordingEngine(INetworkEngine inner, ConcurrentBag<int> batches) : INetworkEngine
{
    /// <summary>Index in the batch of the image whose logits are NaN; -1 for none.</summary>
    public int BreaksImage { get; init; } = -1;

    public string Description => inner.Description;

    public NetworkContract Contract => inner.Contract;

    public INetworkRun Rent(int batch)
    {
        batches.Add(batch);
        return new Run(inner.Rent(batch), BreaksImage, inner.Contract[OutputNames.Logits].Length);
    }

    public void Dispose() => inner.Dispose();

    private sealed class Run(INetworkRun inner, int breaks, int length) : INetworkRun
    {
        private readonly float[] _broken = [.. Enumerable.Repeat(float.NaN, length)];

        public Span<float> Input(int image) => inner.Input(image);

        public void Execute(CancellationToken cancellationToken) => inner.Execute(cancellationToken);

        public ReadOnlySpan<float> Output(string name, int image) =>
            name == OutputNames.Logits && image == breaks ? _broken : inner.Output(name, image);

        public void Dispose() => inner.Dispose();
    }
}
