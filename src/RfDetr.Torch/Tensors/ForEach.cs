namespace RfDetr.Torch;

/// <summary>
/// One call for a whole list of tensors: what optimizers need, in one pass of the library instead of hundreds of calls. All lists
/// of a call are of one length.
/// </summary>
internal static class ForEach
{
    private static readonly AtenOp MulScalar =
        new("aten::_foreach_mul_.Scalar"), MulList = new("aten::_foreach_mul_.List"), AddScalar = new(
        "aten::_foreach_add_.Scalar"), AddList = new("aten::_foreach_add_.List"),
        AddCMulOp = new("aten::_foreach_addcmul_.Scalar"), AddCDivOp = new("aten::_foreach_addcdiv_.Scalar"),
        SqrtOp = new("aten::_foreach_sqrt"), DivScalar = new("aten::_foreach_div_.Scalar"),
        DivList = new("aten::_foreach_div_.List"),
        NormOp = new("aten::_foreach_norm.Scalar"), LerpOp = new("aten::_foreach_lerp_.Scalar"),
        MulNew = new("aten::_foreach_mul.Scalar"), SubNew = new("aten::_foreach_sub.List"), ZeroOp = new("aten::_foreach_zero_"),
        CopyOp = new("aten::_foreach_copy_");

    /// <summary>tᵢ *= number.</summary>
    public static void Mul_(TorchTensor[] tensors, double value) => MulScalar.Run(tensors, value);

    /// <summary>tᵢ *= oᵢ.</summary>
    public static void Mul_(TorchTensor[] tensors, TorchTensor[] others) => MulList.Run(tensors, others);

    /// <summary>tᵢ · number, new.</summary>
    public static TorchTensor[] Mul(TorchTensor[] tensors, double value) => MulNew.CallMany(tensors, value);

    /// <summary>tᵢ − oᵢ, new.</summary>
    public static TorchTensor[] Sub(TorchTensor[] tensors, TorchTensor[] others) => SubNew.CallMany(tensors, others, 1L);

    /// <summary>tᵢ += number.</summary>
    public static void Add_(TorchTensor[] tensors, double value) => AddScalar.Run(tensors, value);

    /// <summary>tᵢ += scale · oᵢ.</summary>
    public static void Add_(TorchTensor[] tensors, TorchTensor[] others, double scale = 1) => AddList.Run(tensors, others, scale);

    /// <summary>tᵢ /= number.</summary>
    public static void Div_(TorchTensor[] tensors, double value) => DivScalar.Run(tensors, value);

    /// <summary>tᵢ /= oᵢ.</summary>
    public static void Div_(TorchTensor[] tensors, TorchTensor[] others) => DivList.Run(tensors, others);

    /// <summary>tᵢ += scale · aᵢ · bᵢ.</summary>
    public static void AddCMul_(TorchTensor[] tensors, TorchTensor[] a, TorchTensor[] b, double scale = 1) =>
        AddCMulOp.Run(tensors, a, b, scale);

    /// <summary>tᵢ += scale · aᵢ / bᵢ.</summary>
    public static void AddCDiv_(TorchTensor[] tensors, TorchTensor[] a, TorchTensor[] b, double scale = 1) =>
        AddCDivOp.Run(tensors, a, b, scale);

    /// <summary>√tᵢ, new.</summary>
    public static TorchTensor[] Sqrt(TorchTensor[] tensors) => SqrtOp.CallMany(tensors);

    /// <summary>Root of the sum of squares of each, new.</summary>
    public static TorchTensor[] Norm(TorchTensor[] tensors) => NormOp.CallMany(tensors, 2.0);

    /// <summary>tᵢ += weight · (eᵢ − tᵢ); one by one before libtorch 2.0.</summary>
    public static void Lerp_(TorchTensor[] tensors, TorchTensor[] ends, double weight)
    {
        if (LerpOp.Exists)
        {
            LerpOp.Run(tensors, ends, weight);
            return;
        }

        for (int i = 0; i < tensors.Length; i++)
            tensors[i].Lerp_(ends[i], weight);
    }

    /// <summary>All zero.</summary>
    public static void Zero_(TorchTensor[] tensors) => ZeroOp.Run([tensors]);

    /// <summary>tᵢ = oᵢ; one by one before libtorch 2.1.</summary>
    public static void Copy_(TorchTensor[] tensors, TorchTensor[] sources)
    {
        if (CopyOp.Exists)
        {
            CopyOp.Run(tensors, sources);
            return;
        }

        for (int i = 0; i < tensors.Length; i++)
            tensors[i].Copy_(sources[i]);
    }
}
