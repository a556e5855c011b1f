using RfDetr.Model;

namespace RfDetr.Cli.Commands;

/// <summary>The configuration that a model argument means, without reading weights where its name is enough.</summary>
internal static class ModelConfigs
{
    public static ModelConfig Of(string model)
    {
        if (Variants.TryGet(model, out ModelConfig? named))
            return named;
        ModelInspection inspected = ModelInspection.Of(model);
        ModelConfig config = inspected.Config
            ?? throw new ArgumentException(
                $"'{model}' does not tell its patch and queries; give --resolution, --patch and --queries, and no --model");
        return inspected.Input is { } input ? config with { Resolution = input.Height } : config;
    }
}
