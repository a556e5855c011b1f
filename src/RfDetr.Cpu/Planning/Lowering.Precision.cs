namespace RfDetr.Cpu;

/// <content>What products by constant weights are computed from, and what else is wanted of them.</content>
internal sealed partial class Lowering
{
    private enum Precision
    {
        Float32,
        BFloat16,
        Int8,
    }

    private Precision PrecisionOf(Node weights, int k) => weights.Constant is not { } constant ? Precision.Float32
        : k <= Int8Layout.MostTerms && _options.Int8?.Has(constant.Sources) == true ? Precision.Int8
        : _options.BFloat16?.Overlaps(constant.Sources) == true ? Precision.BFloat16
        : Precision.Float32;

    private static ConstantForm FormOf(ConstantForm form, Precision precision) => precision switch
    {
        Precision.Int8 => form == ConstantForm.ChannelsLastPanels ? ConstantForm.Int8ChannelsLastPanels : ConstantForm.Int8Panels,
        Precision.BFloat16 =>
            form == ConstantForm.ChannelsLastPanels ? ConstantForm.BFloat16ChannelsLastPanels : ConstantForm.BFloat16Panels,
        _ => form,
    };

    private void EmitProduct(string kind, ProductPlan plan, Node weights, Precision precision, params ReadOnlySpan<View?> touched)
    {
        IReadOnlyList<string> names = weights.Constant?.Sources ?? [];
        if (_options.Observer is { } observer && names.Count > 0)
            Emit(new RangeStep(_kernels, plan, names, observer), touched);
        Step step = precision switch
        {
            Precision.Int8 => new Int8ProductStep(kind, _kernels, plan, _options.Int8!.RangeOf(names), _threads),
            Precision.BFloat16 =>
                new ProductStep(kind + ", bf16", _options.BFloat16Kernels!, BFloat16Rows.Paired(_kernels, plan), _threads),
            _ => new ProductStep(kind, _kernels, plan, _threads),
        };
        Emit(step, touched);
        if (weights.Constant is not null)
            _products.Add(
                new(names, plan.K, plan.N, step.Operations, precision == Precision.Int8, precision == Precision.BFloat16));
    }
}
