using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Trainer;

/// <summary>
/// The network of <see cref="TinyRun"/> with formula weights: untrained, but its scores differ enough that no two engines order
/// them differently.
/// </summary>
internal static class TinyNetworks
{
    public static ModelConfig Config(int classes) => TinyRun.Network(masks: true).Build() with { ClassLogits = classes + 1 };

    /// <summary>Writes it as a checkpoint that knows its classes.</summary>
    public static void Write(string path, IReadOnlyList<string> classes)
    {
        ModelConfig config = Config(classes.Count);
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), config);
        var formula = new FormulaWeights("tiny");
        SafetensorsWriter.Write(path, new CheckpointContent
        {
            Weights = new TensorSet(list.Parameters.ToDictionary(p => p.Name, p => formula.Create(p.Name, p.Shape))),
            Args = ConfigArgs.Complete(new PlainMap(), config),
            ClassMap = new ClassMap(config.ClassLogits, classes.Select((name, i) => new ClassEntry(i, name)), "a test"),
        });
    }
}
