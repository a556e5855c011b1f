using System.Buffers.Binary;
using System.Text.Json;
using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Tests.Front;

/// <summary>
/// Model files of milliseconds for tests of the front door: formula weights, masks, twenty queries, three named classes.
/// </summary>
internal static class FrontModel
{
    public static readonly string[] Names = ["ball", "cube", "ring"];

    public static ModelConfig Config { get; } = TinyNetwork.Masks with { NumQueries = 20, NumSelect = 30, GroupDetr = 1 };

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="config">The network; null for <see cref="Config"/>.</param>
    /// <param name="antialias">The resize rule that the file states; null for none.</param>
    /// <param name="averaged">Adds a second set of weights, the averaged ones.</param>
    public static string Write(string path, ModelConfig? config = null, bool? antialias = null, bool averaged = false)
    {
        config ??= Config;
        var metadata = new PlainMap(antialias is { } rule ? [new("resize_antialias", rule)] : []);
        SafetensorsWriter.Write(path, new CheckpointContent
        {
            Weights = Weights(config, "ranked tiny"),
            Ema = averaged ? Weights(config, "other tiny") : null,
            Args = ConfigArgs.Complete(new PlainMap(), config),
            Metadata = metadata,
            ClassMap = new ClassMap(
                config.ClassLogits, Names.Select((name, i) => new ClassEntry(i, name)), "stored with the checkpoint"),
        });
        return path;
    }

    /// <summary>Exports a checkpoint and changes what the file says about itself.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="contract">Changes rf-detr's part.</param>
    /// <param name="notes">Changes our part.</param>
    public static string WriteOnnx(
        string path, Func<InferenceMetadata, InferenceMetadata>? contract = null,
        Func<ArtifactNotes, ArtifactNotes>? notes = null)
    {
        _ = Exporter.Export(Write(path + ".safetensors"), path);
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        Dictionary<string, string> custom = model.MetadataProps.ToDictionary(p => p.Key, p => p.Value);
        foreach (StringStringEntryProto entry in model.MetadataProps)
        {
            if (entry.Key == InferenceMetadata.Key && contract is not null)
                entry.Value = MetadataJson.Write(contract(MetadataJson.FindInference(custom)!));
            if (entry.Key == ArtifactNotes.Key && notes is not null)
                entry.Value = MetadataJson.Write(notes(MetadataJson.FindNotes(custom)!));
        }

        using FileStream file = File.Create(path);
        Google.Protobuf.MessageExtensions.WriteTo(model, file);
        return path;
    }

    /// <summary>
    /// Writes a checkpoint with the shapes of a variant and no values: a sparse file, which only reading the weights would fill.
    /// </summary>
    public static string WriteShapes(string path, string variant)
    {
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), Variants.Get(variant));
        var header = new Dictionary<string, object>();
        long offset = 0;
        foreach ((string name, int[] shape) in list.Parameters)
        {
            long bytes = shape.Aggregate(4L, (product, size) => product * size);
            header[name] = new Dictionary<string, object>
            {
                ["dtype"] = "F32",
                ["shape"] = shape,
                ["data_offsets"] = (long[])[offset, offset + bytes],
            };
            offset += bytes;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        using FileStream file = File.Create(path);
        file.Write(length);
        file.Write(json);
        file.SetLength(8 + json.Length + offset);
        return path;
    }

    private static TensorSet Weights(ModelConfig config, string seed)
    {
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), config);
        var formula = new FormulaWeights(seed);
        return new TensorSet(list.Parameters.ToDictionary(p => p.Name, p => Widened(p.Name, formula.Create(p.Name, p.Shape))));
    }

    // Boxes about five times as large as the formula's, so that they overlap and pass the image's edges.
    private static HostTensor Widened(string name, HostTensor tensor) => name == "bbox_embed.layers.2.bias"
        ? HostTensor.Of([.. tensor.ToSingles().Select((v, i) => i < 2 ? v : v + 1.6f)], [.. tensor.Shape])
        : tensor;
}
