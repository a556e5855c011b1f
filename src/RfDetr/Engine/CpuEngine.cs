using RfDetr.Cpu;

namespace RfDetr;

/// <summary>Runs a model in our own engine on the CPU.</summary>
internal sealed class CpuEngine : INetworkEngine, IMeasuredEngine
{
    private readonly CpuNetwork _network;

    public CpuEngine(CpuNetwork network, NetworkContract contract)
    {
        (_network, Contract) = (network, contract);
        string threads = network.Options.Threads == 1 ? "thread" : "threads";
        string precision = (network.Options.Int8 is null ? "" : ", int8") + (network.Options.BFloat16 is null ? "" : ", bf16");
        Description = $"RfDetr CPU, {network.Options.InstructionSet}, {network.Options.Threads} {threads}{precision}";
    }

    public string Description { get; }

    public NetworkContract Contract { get; }

    /// <summary>Threads that share the steps of one run; as many runs at a time take one each.</summary>
    public int Threads => _network.Options.Threads;

    public long MemoryBytes(int batch, int runs) => _network.WeightBytes + runs * _network.Summarize(batch).RunBytes;

    public INetworkRun Rent(int batch) => new Run(_network.Rent(batch), Contract);

    public void Dispose() => _network.Dispose();

    private sealed class Run(CpuRun run, NetworkContract contract) : INetworkRun
    {
        private readonly CpuTensor _input = run[OutputNames.Input];

        public Span<float> Input(int image) => _input.Floats.Slice(image * contract.InputLength, contract.InputLength);

        public void Execute(CancellationToken cancellationToken) => run.Execute(cancellationToken);

        public ReadOnlySpan<float> Output(string name, int image)
        {
            int length = contract[name].Length;
            return run[name].Floats.Slice(image * length, length);
        }

        public void Dispose() => run.Dispose();
    }
}
