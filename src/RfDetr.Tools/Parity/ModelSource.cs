using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>A network's weights and configuration without its classes, which play no part in the numbers.</summary>
internal sealed class ModelSource(string name, ModelConfig config, Func<Backend, Weights> weights, Checkpoint? checkpoint)
    : IDisposable
{
    public string Name { get; } = name;

    public ModelConfig Config { get; } = config;

    public Func<Backend, Weights> Weights { get; } = weights;

    public static ModelSource Open(ModelReference model, ModelOptions options)
    {
        Checkpoint checkpoint = model.OpenCheckpoint(options.Weights == WeightSet.Averaged, options.AcceptLicense);
        try
        {
            ModelConfig config = BuiltInModels.Named(
                ConfigInference.Explain(checkpoint, new ConfigInferenceOptions { Variant = options.Variant }).Config, model.Text);
            Licenses.Require(Licenses.Of(config.Variant), model.Text, options.AcceptLicense);
            return new(model.Text, config, backend => new Weights(checkpoint, backend), checkpoint);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    public void Dispose() => checkpoint?.Dispose();
}
