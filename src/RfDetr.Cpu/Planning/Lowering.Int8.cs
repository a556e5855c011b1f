namespace RfDetr.Cpu;

/// <content>Which products are computed from 8-bit integers, and what else is wanted of products by constant weights.</content>
internal sealed partial class Lowering
{
    private bool IsInInt8(Node weights, int k) => weights.Constant is { } constant && k <= Int8Layout.MostTerms && _options.Int8?.Has(constant.Sources) == true;

    private static ConstantForm Int8Form(ConstantForm form) => form == ConstantForm.ChannelsLastPanels ? ConstantForm.Int8ChannelsLastPanels : ConstantForm.Int8Panels;

    private void EmitProduct(string kind, ProductPlan plan, Node weights, bool inInt8, params ReadOnlySpan<View?> touched)
    {
        IReadOnlyList<string> names = weights.Constant?.Sources ?? [];
        if (_options.Observer is { } observer && names.Count > 0)
            Emit(new RangeStep(_kernels, plan, names, observer), touched);
        Step step = inInt8 ? new Int8ProductStep(kind, _kernels, plan, _options.Int8!.RangeOf(names), _threads) : new ProductStep(kind, _kernels, plan, _threads);
        Emit(step, touched);
        if (weights.Constant is not null)
            _products.Add(new(names, plan.K, plan.N, step.Operations, inInt8));
    }
}
