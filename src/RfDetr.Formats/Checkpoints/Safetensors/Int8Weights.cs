using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>
/// A model's tensors with chosen matrices as 8-bit integers, for files of a quarter of the size: the codes under the tensor's
/// name, the rows' scales (float32) under <c>NAME.int8_scale</c>. Reading such a file gives float32 matrices under the usual
/// names.
/// </summary>
/// <param name="source">The tensors; it must outlive this.</param>
/// <param name="isChosen">Test for the tensors that become integers, if they are float matrices whose rows are outputs.</param>
internal sealed class Int8Weights(IWeightSource source, Func<string, bool> isChosen) : IWeightSource
{
    internal const string ScaleSuffix = ".int8_scale";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; } =
    [
        .. source.Names.SelectMany(name =>
            isChosen(name) && source.TryGet(name, out HostTensor? tensor) && Fits(name, tensor)
                ? new[] { name, name + ScaleSuffix }
                : [name]),
    ];

    /// <inheritdoc/>
    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor)
    {
        bool isScale = name.EndsWith(ScaleSuffix, StringComparison.Ordinal);
        string matrix = isScale ? name[..^ScaleSuffix.Length] : name;
        if (!source.TryGet(matrix, out tensor) || !isChosen(matrix) || !Fits(matrix, tensor))
            return !isScale && tensor is not null;
        tensor = isScale ? HostTensor.Of(RowScales(tensor.ToSingles(), tensor.Shape[0]), tensor.Shape[0]) : Encode(tensor).Codes;
        return true;
    }

    /// <summary>A matrix as integers, and its rows' scales.</summary>
    internal static (HostTensor Codes, HostTensor Scales) Encode(HostTensor tensor)
    {
        float[] values = tensor.ToSingles(), scales = RowScales(values, tensor.Shape[0]);
        int length = values.Length / scales.Length;
        sbyte[] codes = [.. values.Select((v, i) => Int8Rows.Code(v, scales[i / length]))];
        return (
            new HostTensor(DType.Int8, [.. tensor.Shape], MemoryMarshal.AsBytes(codes.AsSpan()).ToArray()),
            HostTensor.Of(scales, scales.Length));
    }

    /// <summary>True for the scales of another tensor.</summary>
    internal static bool IsScale(string name, IReadOnlyDictionary<string, string> names) =>
        name.EndsWith(ScaleSuffix, StringComparison.Ordinal) && names.ContainsKey(name[..^ScaleSuffix.Length]);

    /// <exception cref="CheckpointFormatException">The scales are not float32 values, one for each row.</exception>
    internal static HostTensor Decode(string name, HostTensor codes, HostTensor scales)
    {
        if (scales.DType != DType.Float32 || codes.Shape.Count < 2 || !scales.Shape.SequenceEqual([codes.Shape[0]]))
        {
            throw new CheckpointFormatException(
                $"the 8-bit tensor '{name}' has shape [{string.Join(", ", codes.Shape)}], its scales are {scales.DType} "
                    + $"of shape [{string.Join(", ", scales.Shape)}]; expected one Float32 for each row");
        }

        ReadOnlySpan<sbyte> from = codes.Span<sbyte>();
        ReadOnlySpan<float> steps = scales.Span<float>();
        var values = new float[from.Length];
        int length = steps.Length == 0 ? 0 : from.Length / steps.Length;
        for (int i = 0; i < values.Length; i++)
            values[i] = from[i] * steps[i / length];
        return HostTensor.Of(values, [.. codes.Shape]);
    }

    /// <summary>
    /// True for float matrices whose rows are outputs. A transposed convolution's are its second axis; it stays as it is.
    /// </summary>
    internal static bool Fits(string name, HostTensor tensor) =>
        tensor.DType.IsFloat() && tensor.Shape.Count is 2 or 4 && tensor.Count > 0 && !IsTransposed(name);

    private static float[] RowScales(float[] values, int rows)
    {
        int length = values.Length / rows;
        return [.. Enumerable.Range(0, rows).Select(r => Int8Rows.Scale(values.AsSpan(r * length, length)))];
    }

    private static bool IsTransposed(string name) =>
        name.Contains(".stages_sampling.", StringComparison.Ordinal) && name.EndsWith(".0.weight", StringComparison.Ordinal);
}
