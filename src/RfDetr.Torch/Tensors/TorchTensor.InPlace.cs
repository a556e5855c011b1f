namespace RfDetr.Torch;

/// <content>Changes in place; each returns the tensor itself.</content>
internal sealed unsafe partial class TorchTensor
{
    private static readonly AtenOp
        AddInPlace = new("aten::add_.Tensor"), MulInPlace = new("aten::mul_.Tensor"), DivInPlace = new("aten::div_.Tensor"),
        CopyInPlace = new("aten::copy_"), ZeroInPlace = new("aten::zero_"), LerpInPlace = new("aten::lerp_.Scalar"),
        NormalInPlace = new("aten::normal_"), UniformInPlace = new("aten::uniform_"),
        BernoulliInPlace = new("aten::bernoulli_.float"), AddCMulInPlace = new("aten::addcmul_"),
        AddCDivInPlace = new("aten::addcdiv_");

    /// <summary>this += scale · other.</summary>
    public TorchTensor Add_(TorchTensor other, double scale = 1) => Do(AddInPlace, other, scale == 1 ? TorchArg.Default : scale);

    /// <summary>this += number.</summary>
    public TorchTensor Add_(double other) => Do(AddInPlace, other);

    /// <summary>this *= other.</summary>
    public TorchTensor Mul_(TorchTensor other) => Do(MulInPlace, other);

    /// <summary>this *= number.</summary>
    public TorchTensor Mul_(double other) => Do(MulInPlace, other);

    /// <summary>this /= other.</summary>
    public TorchTensor Div_(TorchTensor other) => Do(DivInPlace, other);

    /// <summary>this /= number.</summary>
    public TorchTensor Div_(double other) => Do(DivInPlace, other);

    /// <summary>Takes over elements, converted and moved where type or device differ; the shape must broadcast.</summary>
    public TorchTensor Copy_(TorchTensor source, bool nonBlocking = false) => Do(CopyInPlace, source, nonBlocking);

    /// <summary>All zero.</summary>
    public TorchTensor Zero_()
    {
        ZeroInPlace.Run(this);
        return this;
    }

    /// <summary>this += weight · (end − this).</summary>
    public TorchTensor Lerp_(TorchTensor end, double weight) => Do(LerpInPlace, end, weight);

    /// <summary>Normal random numbers from the device's generator.</summary>
    public TorchTensor Normal_(double mean = 0, double deviation = 1) => Do(NormalInPlace, mean, deviation);

    /// <summary>Uniform random numbers from the device's generator.</summary>
    public TorchTensor Uniform_(double from = 0, double to = 1) => Do(UniformInPlace, from, to);

    /// <summary>One with probability <paramref name="p"/>, else zero.</summary>
    public TorchTensor Bernoulli_(double p) => Do(BernoulliInPlace, p);

    /// <summary>this += scale · a · b.</summary>
    public TorchTensor AddCMul_(TorchTensor a, TorchTensor b, double scale = 1)
    {
        AddCMulInPlace.Run(this, a, b, scale);
        return this;
    }

    /// <summary>this += scale · a / b.</summary>
    public TorchTensor AddCDiv_(TorchTensor a, TorchTensor b, double scale = 1)
    {
        AddCDivInPlace.Run(this, a, b, scale);
        return this;
    }

    private TorchTensor Do(AtenOp op, TorchArg argument)
    {
        op.Run(this, argument);
        return this;
    }

    private TorchTensor Do(AtenOp op, TorchArg first, TorchArg second)
    {
        op.Run(this, first, second);
        return this;
    }
}
