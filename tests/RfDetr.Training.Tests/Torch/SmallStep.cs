using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>Fits a line with two layers: forward, backward and an update, in a fraction of a millisecond.</summary>
internal sealed class SmallStep : IDisposable
{
    private readonly TorchBackend _backend;
    private readonly Tensor _first, _second;

    public SmallStep(bool checkpoint)
    {
        _backend = new TorchBackend(new() { CheckpointSegments = checkpoint });
        _first = _backend.Parameter("first", HostTensor.Of([0.1f, 0.2f, -0.3f], 3, 1));
        _second = _backend.Parameter("second", HostTensor.Of([0.3f, -0.1f, 0.2f], 1, 3));
    }

    public double FirstLoss { get; private set; } = double.NaN;

    public double Loss { get; private set; }

    public void Run()
    {
        using var scope = new TorchScope();
        Tensor x = _backend.Wrap(TorchTensor.From([-1f, -0.5f, 0, 0.5f, 1], [5, 1]));
        TorchTensor y = TorchBackend.Unwrap(_backend.Segment(v => v[0].Linear(_first, null).Gelu().Linear(_second, null), x));
        TorchTensor loss = (y - TorchBackend.Unwrap(x) * 0.5).Pow(2).Sum();
        loss.Backward();
        Loss = loss.Item();
        FirstLoss = double.IsNaN(FirstLoss) ? Loss : FirstLoss;
        using var grad = TorchRuntime.NoGrad();
        foreach (TorchTensor parameter in _backend.Parameters.Values)
        {
            parameter.Add_(parameter.Grad!, -0.02);
            parameter.Grad = null;
        }
    }

    public void Dispose() => _backend.Dispose();
}
