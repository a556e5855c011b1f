using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>Layouts of a constant matrix in memory.</summary>
internal enum ConstantForm
{
    /// <summary>Row by row, as it is.</summary>
    Plain,

    /// <summary>[out, in] as panels of a product's columns.</summary>
    Panels,

    /// <summary>[O, C, kH, kW] as panels, terms in the order (row, column, channel).</summary>
    ChannelsLastPanels,

    /// <summary>[O, C, kH, kW] as panels, terms in the order (channel, row, column).</summary>
    ChannelsFirstPanels,

    /// <summary>[out, ...] as 8-bit integers in panels, terms as they are; with scales and sums of the columns.</summary>
    Int8Panels,

    /// <summary>[O, C, kH, kW] as 8-bit integers in panels, terms in the order (row, column, channel).</summary>
    Int8ChannelsLastPanels,

    /// <summary>[out, ...] as pairs of bfloat16 in panels, terms as they are; 0 beyond the last of an odd number.</summary>
    BFloat16Panels,

    /// <summary>[O, C, kH, kW] as pairs of bfloat16 in panels, terms in the order (row, column, channel).</summary>
    BFloat16ChannelsLastPanels,

    /// <summary>[C, 1, kH, kW] as [kH·kW, C].</summary>
    DepthwiseTaps,
}

/// <summary>A constant of the network: its numbers while they are needed, and the forms in which kernels read them.</summary>
/// <param name="data">The numbers.</param>
/// <param name="sources">Names of the weights it was computed from.</param>
internal sealed class Constant(HostTensor data, IReadOnlyList<string> sources)
{
    private HostTensor? _data = data;

    public Dictionary<ConstantForm, Storage> Forms { get; } = [];

    public IReadOnlyList<string> Sources => sources;

    public HostTensor Data =>
        _data ?? throw new InvalidOperationException("a plan asks for a form of a constant that the first plan did not make");

    /// <summary>Lets the numbers go; the forms stay.</summary>
    public void Seal() => _data = null;
}
