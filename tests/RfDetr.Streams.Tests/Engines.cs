using System.Diagnostics;

namespace RfDetr.Tests.Streams;

/// <summary>Engines around that of the built-in model, for tests of what is around an engine.</summary>
internal static class Engines
{
    /// <summary>A detector whose engine takes a while for each run, and notes how long it really was.</summary>
    public static Detector Slow(TimeSpan atLeast, List<TimeSpan> runs) =>
        Detector.Load("demo", engine: new Engine.Custom(package => new Wrapped(Own(package), run =>
        {
            long start = Stopwatch.GetTimestamp();
            run();
            if (atLeast - Stopwatch.GetElapsedTime(start) is { } rest && rest > TimeSpan.Zero)
                Thread.Sleep(rest);
            lock (runs)
                runs.Add(Stopwatch.GetElapsedTime(start));
        })));

    /// <summary>A detector that computes nothing: for what must hold for thousands of frames.</summary>
    public static Detector Blank() =>
        Detector.Load("demo", engine: new Engine.Custom(package => new Wrapped(Own(package), null)));

    private static INetworkEngine Own(ModelPackage package) => new Engine.Cpu { Threads = 1 }.Start(package);

    private sealed class Wrapped(INetworkEngine inner, Action<Action>? around) : INetworkEngine
    {
        public string Description => "test";

        public NetworkContract Contract => inner.Contract;

        public INetworkRun Rent(int batch) => new Run(inner.Rent(batch), inner.Contract, around);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Run(INetworkRun inner, NetworkContract contract, Action<Action>? around) : INetworkRun
    {
        // Nothing is found: every logit is far below zero.
        private readonly Dictionary<string, float[]> _blank = contract.Outputs.ToDictionary(
            o => o.Name, o => Enumerable.Repeat(o.Name == OutputNames.Logits ? -20f : 0.5f, o.Length).ToArray());

        public Span<float> Input(int image) => inner.Input(image);

        public void Execute(CancellationToken cancellationToken) => around?.Invoke(() => inner.Execute(cancellationToken));

        public ReadOnlySpan<float> Output(string name, int image) => around is null ? _blank[name] : inner.Output(name, image);

        public void Dispose() => inner.Dispose();
    }
}
