using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>A small network with formula weights, and one step of gradients through all of its parts.</summary>
internal sealed class SmallNetwork : IDisposable
{
    private readonly RfDetrNetwork _network;

    public SmallNetwork(TorchBackendOptions options)
    {
        Backend = new TorchBackend(options);
        _network = new RfDetrNetwork(new Weights(new FormulaWeights("small"), Backend), FormulaModel.Config);
    }

    public TorchBackend Backend { get; }

    /// <summary>Gradients by parameter name of a sum over logits and boxes.</summary>
    public Dictionary<string, float[]> Gradients(int batch, ScalarType? autocast = null)
    {
        using var scope = new TorchScope();
        Forward(batch, autocast).Backward();
        return Take();
    }

    public TorchTensor Forward(int batch, ScalarType? autocast = null)
    {
        TorchTensor images =
            TorchTensor.From<float>(new FormulaWeights("small").Input(batch, 120, 120).Span<float>(), [batch, 3, 120, 120]);
        NetworkOutput output;
        using (TorchRuntime.Autocast(autocast ?? ScalarType.Float32))
            output = _network.Forward(Backend.Images(images), new ForwardRequest { EveryLayer = true, TwoStage = true });
        TorchTensor sum = TorchTensor.Zeros([]);
        foreach (LayerOutput layer in output.Layers.Append(output.TwoStage!))
            sum = sum + TorchBackend.Unwrap(layer.Logits)
                .To(ScalarType.Float32).Sigmoid().Sum() + TorchBackend.Unwrap(layer.Boxes).To(ScalarType.Float32).Tanh().Sum();
        return sum;
    }

    public Dictionary<string, float[]> Take()
    {
        var gradients = new Dictionary<string, float[]>();
        foreach ((string name, TorchTensor parameter) in Backend.Parameters)
        {
            using TorchTensor? gradient = parameter.Grad;
            if (gradient is not null)
                gradients[name] = gradient.ToArray<float>();
            parameter.Grad = null;
        }

        return gradients;
    }

    public void Dispose() => Backend.Dispose();
}
