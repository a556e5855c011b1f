namespace RfDetr.Tests.Loading;

/// <summary>Wiring between the front door and engines that no result of a detection shows.</summary>
public class EngineWiringTests
{
    [Fact]
    public void Options_of_ONNX_Runtime_reach_its_session()
    {
        var engine = new Engine.OnnxRuntime { Threads = 3, AllowSpinning = true };

        OnnxSessionOptions session = SessionFactory.ToSession(engine);

        session.IntraOpThreads.ShouldBe(3);
        session.AllowSpinning.ShouldBeTrue();
        SessionFactory.ToSession(new Engine.OnnxRuntime()).AllowSpinning.ShouldBeFalse();
    }

    [Fact]
    public void An_engine_is_disposed_when_the_last_run_has_been_given_back()
    {
        var inner = new CountingEngine();
        var shared = new SharedEngine(inner);
        INetworkRun first = shared.Rent(1), second = shared.Rent(1);

        shared.Dispose();
        inner.Disposals.ShouldBe(0);
        _ = Should.Throw<ObjectDisposedException>(() => shared.Rent(1));
        first.Dispose();
        first.Dispose();
        inner.Disposals.ShouldBe(0);
        second.Dispose();
        shared.Dispose();

        inner.Disposals.ShouldBe(1);
    }

    private sealed class CountingEngine : INetworkEngine
    {
        public int Disposals { get; private set; }

        public string Description => "counting";

        public NetworkContract Contract => throw new NotSupportedException();

        public INetworkRun Rent(int batch) => new Run();

        public void Dispose() => Disposals++;

        private sealed class Run : INetworkRun
        {
            public Span<float> Input(int image) => throw new NotSupportedException();

            public void Execute(CancellationToken cancellationToken) => throw new NotSupportedException();

            public ReadOnlySpan<float> Output(string name, int image) => throw new NotSupportedException();

            public void Dispose()
            {
            }
        }
    }
}
