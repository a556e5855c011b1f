using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Bench;

/// <summary>A variant's checkpoint with formula weights in a temporary file, written as rf-detr does.</summary>
internal sealed class FormulaCheckpoint : IWeightSource, IDisposable
{
    private readonly Dictionary<string, HostTensor> _tensors = [];

    private FormulaCheckpoint(string variant)
    {
        Config = Variants.Get(variant);
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), Config);
        var formula = new FormulaWeights("golden");
        foreach ((string name, int[] shape) in list.Parameters)
            _tensors[name] = formula.Create(name, shape);
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"rfdetr-bench-{Environment.ProcessId}.pth");
        TorchWriter.Write(Path, new CheckpointContent { Weights = this });
    }

    public string Path { get; }

    public ModelConfig Config { get; }

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    public static FormulaCheckpoint Write(string variant) => new(variant);

    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HostTensor? tensor) =>
        _tensors.TryGetValue(name, out tensor);

    public void Dispose() => File.Delete(Path);
}
