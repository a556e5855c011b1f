using System.Runtime.InteropServices;

namespace RfDetr.Onnx;

/// <summary>Reads what a loaded session says about its inputs, outputs and model file.</summary>
internal static unsafe class SessionReader
{
    // ONNX allows any rank; a model that claims more dimensions than this is damaged.
    private const int MaxRank = 64;

    public static OnnxValueInfo[] Values(OnnxRuntime runtime, nint session, bool outputs)
    {
        OrtApi api = runtime.Api;
        nuint count;
        api.Check(outputs ? api.SessionGetOutputCount(session, &count) : api.SessionGetInputCount(session, &count), "count inputs and outputs");
        var result = new OnnxValueInfo[(int)count];
        for (nuint i = 0; i < count; i++)
        {
            byte* name;
            nint info;
            api.Check(
                outputs
                    ? api.SessionGetOutputName(session, i, runtime.Allocator, &name)
                    : api.SessionGetInputName(session, i, runtime.Allocator, &name),
                "read a name");
            string text = api.TakeString(name, runtime.Allocator) ?? "";
            api.Check(
                outputs ? api.SessionGetOutputTypeInfo(session, i, &info) : api.SessionGetInputTypeInfo(session, i, &info),
                $"read the type of '{text}'");
            using var owner = new OrtHandle(info, api.ReleaseTypeInfo);
            result[i] = Describe(api, text, info);
        }

        return result;
    }

    public static OnnxModelMetadata Metadata(OnnxRuntime runtime, nint session)
    {
        OrtApi api = runtime.Api;
        nint allocator = runtime.Allocator;
        nint metadata;
        api.Check(api.SessionGetModelMetadata(session, &metadata), "read the model's metadata");
        using var owner = new OrtHandle(metadata, api.ReleaseModelMetadata);
        byte* producer, graph, description;
        long version;
        api.Check(api.ModelMetadataGetProducerName(metadata, allocator, &producer), "read the producer's name");
        string producerName = api.TakeString(producer, allocator) ?? "";
        api.Check(api.ModelMetadataGetGraphName(metadata, allocator, &graph), "read the graph's name");
        string graphName = api.TakeString(graph, allocator) ?? "";
        api.Check(api.ModelMetadataGetDescription(metadata, allocator, &description), "read the description");
        string text = api.TakeString(description, allocator) ?? "";
        api.Check(api.ModelMetadataGetVersion(metadata, &version), "read the model's version");
        return new OnnxModelMetadata(producerName, graphName, text, version, Custom(api, metadata, allocator));
    }

    private static Dictionary<string, string> Custom(OrtApi api, nint metadata, nint allocator)
    {
        byte** keys;
        long count;
        api.Check(api.ModelMetadataGetCustomMetadataMapKeys(metadata, allocator, &keys, &count), "list metadata_props");
        var result = new Dictionary<string, string>((int)count, StringComparer.Ordinal);
        for (long i = 0; i < count; i++)
        {
            byte* value;
            string key = Marshal.PtrToStringUTF8((nint)keys[i]) ?? "";
            api.Check(api.ModelMetadataLookupCustomMetadataMap(metadata, allocator, keys[i], &value), $"read metadata_props '{key}'");
            result[key] = api.TakeString(value, allocator) ?? "";
            api.Check(api.AllocatorFree(allocator, keys[i]), "release text");
        }

        if (keys is not null)
            api.Check(api.AllocatorFree(allocator, keys), "release the list of keys");
        return result;
    }

    private static OnnxValueInfo Describe(OrtApi api, string name, nint info)
    {
        nint tensor; // belongs to the type info; null for sequences, maps and the like
        api.Check(api.CastTypeInfoToTensorInfo(info, &tensor), $"read the type of '{name}'");
        if (tensor == 0)
            return new OnnxValueInfo(name, OnnxElementType.Undefined, []);
        int type;
        nuint rank;
        api.Check(api.GetTensorElementType(tensor, &type), $"read the element type of '{name}'");
        api.Check(api.GetDimensionsCount(tensor, &rank), $"read the rank of '{name}'");
        if (rank > MaxRank)
            throw new OnnxFormatException($"'{name}' has {rank} dimensions, expected at most {MaxRank}");
        long* sizes = stackalloc long[MaxRank];
        byte** symbols = stackalloc byte*[MaxRank];
        api.Check(api.GetDimensions(tensor, sizes, rank), $"read the shape of '{name}'");
        api.Check(api.GetSymbolicDimensions(tensor, symbols, rank), $"read the dimension names of '{name}'");
        var shape = new OnnxDimension[(int)rank];
        for (int i = 0; i < shape.Length; i++)
        {
            string? symbol = Marshal.PtrToStringUTF8((nint)symbols[i]);
            shape[i] = new OnnxDimension(Math.Max(sizes[i], -1), string.IsNullOrEmpty(symbol) ? null : symbol);
        }

        return new OnnxValueInfo(name, (OnnxElementType)type, shape);
    }
}
