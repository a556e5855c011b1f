using RfDetr.Cpu;

namespace RfDetr;

/// <summary>Runs a model in our own engine on the CPU.</summary>
internal sealed class CpuEngine : INetworkEngine
{
    private readonly CpuNetwork _network;

    public CpuEngine(CpuNetwork network, NetworkSizes sizes)
    {
        (_network, Sizes) = (network, sizes);
        Description = $"RfDetr CPU, {network.Options.InstructionSet}, {network.Options.Threads} {(network.Options.Threads == 1 ? "thread" : "threads")}{(network.Options.Int8 is null ? "" : ", int8")}{(network.Options.BFloat16 is null ? "" : ", bf16")}";
    }

    public string Description { get; }

    public NetworkSizes Sizes { get; }

    public INetworkRun Rent(int batch)
    {
        try
        {
            return new Run(_network.Rent(batch), Sizes);
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(nameof(Detector));
        }
    }

    public void Dispose() => _network.Dispose();

    private sealed class Run(CpuRun run, NetworkSizes s) : INetworkRun
    {
        private readonly CpuTensor _input = run[InferenceGraph.InputName], _logits = run[InferenceGraph.LogitsName], _boxes = run[InferenceGraph.BoxesName];
        private readonly CpuTensor? _masks = s.MaskHeight == 0 ? null : run[InferenceGraph.MasksName];

        public Span<float> Input(int image) => Part(_input, image, 3 * s.Height * s.Width);

        public void Execute(CancellationToken cancellationToken) => run.Execute(cancellationToken);

        public ReadOnlySpan<float> Logits(int image) => Part(_logits, image, s.Queries * s.Classes);

        public ReadOnlySpan<float> Boxes(int image) => Part(_boxes, image, s.Queries * 4);

        public ReadOnlySpan<float> Masks(int image) => _masks is null ? [] : Part(_masks, image, s.Queries * s.MaskHeight * s.MaskWidth);

        public void Dispose() => run.Dispose();

        private static Span<float> Part(CpuTensor tensor, int image, int length) => tensor.Floats.Slice(image * length, length);
    }
}
