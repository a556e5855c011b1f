using RfDetr.Onnx;

namespace RfDetr.Tests.Optimizing;

/// <summary>Candidates with planted costs and results; calls move the clock instead of taking time.</summary>
internal sealed class PlantedCandidates(HandClock clock) : IContenderSource
{
    public static readonly EngineChoice
        Reference = new(EngineKind.OnnxRuntime, ExportPrecision.Float32, 2, false),
        Spinning = Reference with { Spinning = true },
        OneThread = Reference with { Threads = 1 },
        Own = Reference with { Engine = EngineKind.Cpu };

    private readonly Lock _lock = new();
    private readonly List<Contender> _opened = [];

    /// <summary>Milliseconds of a call of one candidate with so many images.</summary>
    public Func<EngineChoice, int, double> CostMs { get; init; } = (_, batch) => 100 * batch;

    /// <summary>Objects that a candidate finds, shown so many images at once.</summary>
    public Func<EngineChoice, int, Detections> Finds { get; init; } = (_, _) => Seen(0.9f);

    /// <summary>Side effect of loading a candidate.</summary>
    public Action<EngineChoice> Opening { get; init; } = _ => { };

    public IReadOnlyList<EngineChoice> Opened => [.. _opened.Select(c => c.Choice)];

    public IReadOnlyList<EngineChoice> Alive => [.. _opened.Where(c => !c.IsDisposed).Select(c => c.Choice)];

    public int MostAlive { get; private set; }

    public IContender Open(EngineChoice choice, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Opening(choice);
        lock (_lock)
        {
            var contender = new Contender(this, choice);
            _opened.Add(contender);
            MostAlive = Math.Max(MostAlive, Alive.Count);
            return contender;
        }
    }

    /// <summary>One image with one object.</summary>
    public static Detections Seen(float score) =>
        FoundObjects.All(100, 100, FoundObjects.One(new BoxXyxy(10, 10, 60, 60), score, 1, "ball"));

    private sealed class Contender(PlantedCandidates all, EngineChoice choice) : IContender
    {
        public EngineChoice Choice => choice;

        public bool IsDisposed { get; private set; }

        public IReadOnlyList<Detections> Look(int batch, CancellationToken cancellationToken) => [all.Finds(choice, batch)];

        public void Call(int batch, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IsDisposed.ShouldBeFalse();
            all.Advance(all.CostMs(choice, batch));
        }

        public void Settle()
        {
        }

        public void Dispose()
        {
            IsDisposed.ShouldBeFalse("nobody disposes twice");
            IsDisposed = true;
        }
    }

    private void Advance(double ms) => clock.Advance(ms);
}
