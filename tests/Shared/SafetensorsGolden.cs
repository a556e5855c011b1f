using System.Runtime.InteropServices;
using System.Text.Json;

namespace RfDetr.Tests;

/// <summary>A small trusting safetensors reader for golden data, independent of the reader under test.</summary>
internal sealed class SafetensorsGolden
{
    private readonly byte[] _data;
    private readonly int _start;
    private readonly Dictionary<string, (string DType, int[] Shape, int Begin, int End)> _tensors = [];

    private SafetensorsGolden(byte[] data)
    {
        _data = data;
        int header = checked((int)BitConverter.ToInt64(data, 0));
        _start = 8 + header;
        using JsonDocument json = JsonDocument.Parse(data.AsMemory(8, header));
        foreach (JsonProperty entry in json.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                foreach (JsonProperty pair in entry.Value.EnumerateObject())
                    Metadata[pair.Name] = pair.Value.GetString()!;
                continue;
            }

            JsonElement offsets = entry.Value.GetProperty("data_offsets");
            _tensors[entry.Name] = (
                entry.Value.GetProperty("dtype").GetString()!,
                [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())],
                offsets[0].GetInt32(),
                offsets[1].GetInt32());
        }
    }

    public Dictionary<string, string> Metadata { get; } = [];

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Opens <c>tests/goldens/{relative}</c>.</summary>
    public static SafetensorsGolden Load(string relative) => new(File.ReadAllBytes(Goldens.Path(relative)));

    public int[] Shape(string name) => _tensors[name].Shape;

    public float[] Floats(string name) => Read<float>(name, "F32");

    public double[] Doubles(string name) => Read<double>(name, "F64");

    public long[] Longs(string name) => Read<long>(name, "I64");

    public byte[] Bytes(string name) => Read<byte>(name, "U8");

    private T[] Read<T>(string name, string dtype)
        where T : unmanaged
    {
        var tensor = _tensors[name];
        tensor.DType.ShouldBe(dtype, $"dtype of golden tensor {name}");
        return MemoryMarshal.Cast<byte, T>(_data.AsSpan(_start + tensor.Begin, tensor.End - tensor.Begin)).ToArray();
    }
}
