using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>Owns the constants of a network in the forms that kernels read, shared by all its plans.</summary>
internal sealed unsafe class WeightStore(KernelSet kernels, KernelSet? bfloat16 = null) : IDisposable
{
    private readonly List<NativeBlock> _blocks = [];
    private readonly List<Constant> _constants = [];

    public long Bytes { get; private set; }

    /// <summary>The constant in a form; made on first use.</summary>
    public Storage Get(Constant constant, ConstantForm form)
    {
        if (constant.Forms.TryGetValue(form, out Storage? known))
            return known;
        _constants.Add(constant);
        Storage made = form switch
        {
            ConstantForm.Plain => Plain(constant.Data),
            ConstantForm.Panels => Panels(constant.Data, constant.Data.Shape[0], constant.Data.Shape[1], static k => k),
            ConstantForm.ChannelsFirstPanels =>
                Panels(constant.Data, constant.Data.Shape[0], Terms(constant.Data), static k => k),
            ConstantForm.ChannelsLastPanels =>
                Panels(constant.Data, constant.Data.Shape[0], Terms(constant.Data), ChannelsLast(constant.Data)),
            ConstantForm.Int8Panels => Int8Panels(constant.Data, static k => k),
            ConstantForm.Int8ChannelsLastPanels => Int8Panels(constant.Data, ChannelsLast(constant.Data)),
            ConstantForm.BFloat16Panels => BFloat16Panels(constant.Data, static k => k),
            ConstantForm.BFloat16ChannelsLastPanels => BFloat16Panels(constant.Data, ChannelsLast(constant.Data)),
            _ => DepthwiseTaps(constant.Data),
        };
        return constant.Forms[form] = made;
    }

    /// <summary>Lets the numbers of all constants that have a form go.</summary>
    public void Seal()
    {
        foreach (Constant constant in _constants)
            constant.Seal();
    }

    public void Dispose()
    {
        foreach (NativeBlock block in _blocks)
            block.Dispose();
        _blocks.Clear();
    }

    private NativeBlock Allocate(long bytes)
    {
        var block = new NativeBlock(bytes);
        _blocks.Add(block);
        Bytes += block.Bytes;
        return block;
    }

    private Storage Plain(HostTensor data)
    {
        if (data.DType == DType.Int64)
        {
            NativeBlock indices = Allocate(data.Count * sizeof(long));
            data.Span<long>().CopyTo(new Span<long>(indices.Data, (int)data.Count));
            return new(indices);
        }

        NativeBlock block = Allocate(data.Count * sizeof(float));
        data.CopyTo(new Span<float>(block.Data, (int)data.Count));
        return new(block);
    }

    private static int Terms(HostTensor data) => (int)(data.Count / data.Shape[0]);

    private static Func<int, int> ChannelsLast(HostTensor data)
    {
        (int channels, int area) = (data.Shape[1], data.Shape[2] * data.Shape[3]);
        return k => k % channels * area + k / channels;
    }

    private Storage Int8Panels(HostTensor data, Func<int, int> termAt)
    {
        Int8Layout layout = kernels.Int8.Layout(data.Shape[0], Terms(data));
        NativeBlock block = Allocate(layout.Bytes);
        Int8Packing.Pack(data.ToSingles(), [.. Enumerable.Range(0, layout.K).Select(termAt)], layout, block.Data);
        return new(block);
    }

    // Rows become panels [panel][pair][columns][2].
    private Storage BFloat16Panels(HostTensor data, Func<int, int> termAt)
    {
        float[] values = data.ToSingles();
        int rows = data.Shape[0], terms = Terms(data), pairs = BFloat16Rows.Pairs(terms), columns = bfloat16!.TileColumns;
        NativeBlock block = Allocate((long)((rows + columns - 1) / columns) * pairs * columns * 2 * sizeof(ushort));
        int[] order = [.. Enumerable.Range(0, terms).Select(termAt)];
        for (int row = 0; row < rows; row++)
        {
            ushort* to = (ushort*)block.Data + ((long)(row / columns) * pairs * columns + row % columns) * 2;
            ReadOnlySpan<float> from = values.AsSpan(row * terms, terms);
            for (int k = 0; k < order.Length; k++)
                to[(long)(k / 2) * columns * 2 + k % 2] = BFloat16.Round(from[order[k]]);
        }

        return new(block);
    }

    // Rows [out, in] become panels [panel][in][columns]; termAt tells where term k of a row lies.
    private Storage Panels(HostTensor data, int rows, int terms, Func<int, int> termAt)
    {
        float[] values = data.ToSingles();
        int panelColumns = kernels.TileColumns, panels = (rows + panelColumns - 1) / panelColumns;
        NativeBlock block = Allocate((long)panels * terms * panelColumns * sizeof(float));
        int[] order = [.. Enumerable.Range(0, terms).Select(termAt)];
        for (int row = 0; row < rows; row++)
        {
            float* to = (float*)block.Data + (long)(row / panelColumns) * terms * panelColumns + row % panelColumns;
            ReadOnlySpan<float> from = values.AsSpan(row * terms, terms);
            for (int k = 0; k < order.Length; k++)
                to[(long)k * panelColumns] = from[order[k]];
        }

        return new(block);
    }

    private Storage DepthwiseTaps(HostTensor data)
    {
        float[] values = data.ToSingles();
        (int channels, int taps) = (data.Shape[0], data.Shape[2] * data.Shape[3]);
        NativeBlock block = Allocate(values.Length * sizeof(float));
        for (int c = 0; c < channels; c++)
        {
            for (int tap = 0; tap < taps; tap++)
                ((float*)block.Data)[tap * channels + c] = values[c * taps + tap];
        }

        return new(block);
    }
}

/// <summary>Quantizes a matrix of weights, symmetrically with one scale for each output, and packs it.</summary>
internal static unsafe class Int8Packing
{
    /// <summary>Writes panels, scales and column sums.</summary>
    /// <param name="values">[N, K].</param>
    /// <param name="order">Position of term k of a row.</param>
    /// <param name="layout">Place of everything in the packed matrix.</param>
    /// <param name="to">Zeros, as many bytes as the layout says.</param>
    public static void Pack(ReadOnlySpan<float> values, ReadOnlySpan<int> order, Int8Layout layout, byte* to)
    {
        float* scales = (float*)(to + layout.ScalesAt);
        int* sums = (int*)(to + layout.SumsAt);
        for (int row = 0; row < layout.N; row++)
        {
            ReadOnlySpan<float> from = values.Slice(row * layout.K, layout.K);
            float scale = scales[row] = Int8Rows.Scale(from);
            sbyte* column = (sbyte*)to + (nint)(row / layout.Columns) * layout.PanelBytes + row % layout.Columns * layout.Group;
            for (int k = 0; k < order.Length; k++)
            {
                sbyte code = Int8Rows.Code(from[order[k]], scale);
                sums[row] += code;
                column[(nint)(k / layout.Group) * layout.Columns * layout.Group + k % layout.Group] = code;
            }
        }
    }
}
