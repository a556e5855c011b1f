namespace RfDetr.Tests.Decoding;

/// <summary>A network's answer made by hand: two queries, three classes, masks of 2×2, and whatever else a test adds.</summary>
internal sealed class PlantedOutputs : INetworkOutputs
{
    public const string Angles = "angles";

    private readonly Dictionary<string, float[]> _values = new()
    {
        [OutputNames.Logits] = [2, 1, -9, 0.5f, -9, -9],
        [OutputNames.Boxes] = [0.5f, 0.5f, 0.2f, 0.4f, 0.25f, 0.5f, 0.1f, 0.1f],
        [OutputNames.Masks] = [1, 1, -1, -1, -1, 1, -1, 1],
        [Angles] = [30, 60],
    };

    public static NetworkContract Contract { get; } = new()
    {
        Height = 8,
        Width = 8,
        Outputs =
        [
            new OutputSpec { Name = OutputNames.Boxes, Shape = [2, 4] },
            new OutputSpec { Name = OutputNames.Logits, Shape = [2, 3] },
            new OutputSpec { Name = OutputNames.Masks, Shape = [2, 2, 2] }, new OutputSpec { Name = Angles, Shape = [2, 1] },
        ],
    };

    public static ModelInfo Model { get; } = new()
    {
        Name = "planted",
        Variant = "custom",
        Classes = new ClassMap(3, [new ClassEntry(0, "a"), new ClassEntry(1, "b"), new ClassEntry(2, "c")], "test"),
        InputHeight = 8,
        InputWidth = 8,
        Heads = Head.Of(Contract),
        NumSelect = 4,
        ResizeRule = ResizeRule.Bilinear,
        Normalization = Normalization.ImageNet,
    };

    public float[] this[string name] => _values[name];

    public ReadOnlySpan<float> Output(string name, int image)
    {
        image.ShouldBe(0);
        return _values[name];
    }

    public Detections Decode(DetectOptions? options = null, ModelInfo? model = null) =>
        new DetectionDecoder(model ?? Model, Contract, options ?? DetectOptions.Default).Decode(this, 0, 100, 50);
}
