namespace RfDetr.Torch;

/// <content>Element by element: operators, comparisons, functions. Shapes broadcast, types promote as in PyTorch.</content>
internal sealed unsafe partial class TorchTensor
{
    private static readonly AtenOp
        AddOp = new("aten::add.Tensor"), SubOp = new("aten::sub.Tensor"), MulOp = new("aten::mul.Tensor"),
        DivOp = new("aten::div.Tensor"), RsubOp = new("aten::rsub.Scalar"), NegOp = new("aten::neg"),
        ReciprocalOp = new("aten::reciprocal"), PowOp = new("aten::pow.Tensor_Scalar"), FloorOp = new("aten::floor"),
        RoundOp = new("aten::round"), AndOp = new("aten::logical_and"), BitAndOp = new("aten::bitwise_and.Tensor"),
        BitOrOp = new("aten::bitwise_or.Tensor"), GtOp = new("aten::gt.Scalar"), GeOp = new("aten::ge.Scalar"),
        LtOp = new("aten::lt.Scalar"), LeOp = new("aten::le.Scalar"), EqOp = new("aten::eq.Scalar"),
        NeOp = new("aten::ne.Scalar"), GtTensorOp = new("aten::gt.Tensor"), GeTensorOp = new("aten::ge.Tensor"),
        LtTensorOp = new("aten::lt.Tensor"), LeTensorOp = new("aten::le.Tensor"), EqTensorOp = new("aten::eq.Tensor"),
        NeTensorOp = new("aten::ne.Tensor"), AbsOp = new("aten::abs"), ExpOp = new("aten::exp"), LogOp = new("aten::log"),
        SqrtOp = new("aten::sqrt"), SinOp = new("aten::sin"), CosOp = new("aten::cos"), TanhOp = new("aten::tanh"),
        ErfOp = new("aten::erf"), SigmoidOp = new("aten::sigmoid"), LogSigmoidOp = new("aten::log_sigmoid"),
        SoftplusOp = new("aten::softplus"), ReluOp = new("aten::relu"), ClampOp = new("aten::clamp"),
        MaximumOp = new("aten::maximum"), MinimumOp = new("aten::minimum"), IsFiniteOp = new("aten::isfinite"),
        WhereOp = new("aten::where.self");

    /// <summary>Sum.</summary>
    public static TorchTensor operator +(TorchTensor a, TorchTensor b) => AddOp.Call(a, b);

    /// <summary>Sum with a number.</summary>
    public static TorchTensor operator +(TorchTensor a, double b) => AddOp.Call(a, b);

    /// <summary>Sum with a whole number.</summary>
    public static TorchTensor operator +(TorchTensor a, long b) => AddOp.Call(a, b);

    /// <summary>Sum with a number.</summary>
    public static TorchTensor operator +(double a, TorchTensor b) => AddOp.Call(b, a);

    /// <summary>Sum with a whole number.</summary>
    public static TorchTensor operator +(long a, TorchTensor b) => AddOp.Call(b, a);

    /// <summary>Difference.</summary>
    public static TorchTensor operator -(TorchTensor a, TorchTensor b) => SubOp.Call(a, b);

    /// <summary>Difference to a number.</summary>
    public static TorchTensor operator -(TorchTensor a, double b) => SubOp.Call(a, b);

    /// <summary>Difference to a whole number.</summary>
    public static TorchTensor operator -(TorchTensor a, long b) => SubOp.Call(a, b);

    /// <summary>A number less the tensor.</summary>
    public static TorchTensor operator -(double a, TorchTensor b) => RsubOp.Call(b, a);

    /// <summary>A whole number less the tensor.</summary>
    public static TorchTensor operator -(long a, TorchTensor b) => RsubOp.Call(b, a);

    /// <summary>Negative.</summary>
    public static TorchTensor operator -(TorchTensor a) => NegOp.Call(a);

    /// <summary>Product of elements.</summary>
    public static TorchTensor operator *(TorchTensor a, TorchTensor b) => MulOp.Call(a, b);

    /// <summary>Product with a number.</summary>
    public static TorchTensor operator *(TorchTensor a, double b) => MulOp.Call(a, b);

    /// <summary>Product with a whole number.</summary>
    public static TorchTensor operator *(TorchTensor a, long b) => MulOp.Call(a, b);

    /// <summary>Product with a number.</summary>
    public static TorchTensor operator *(double a, TorchTensor b) => MulOp.Call(b, a);

    /// <summary>Product with a whole number.</summary>
    public static TorchTensor operator *(long a, TorchTensor b) => MulOp.Call(b, a);

    /// <summary>Quotient; integers give floats.</summary>
    public static TorchTensor operator /(TorchTensor a, TorchTensor b) => DivOp.Call(a, b);

    /// <summary>Quotient by a number.</summary>
    public static TorchTensor operator /(TorchTensor a, double b) => DivOp.Call(a, b);

    /// <summary>Quotient by a whole number.</summary>
    public static TorchTensor operator /(TorchTensor a, long b) => DivOp.Call(a, b);

    /// <summary>A number over the tensor.</summary>
    public static TorchTensor operator /(double a, TorchTensor b) =>
        ReciprocalOp.Call(b) is var inverse && a == 1 ? inverse : inverse * a;

    /// <summary>Logical and of Bool tensors, bitwise of integers.</summary>
    public static TorchTensor operator &(TorchTensor a, TorchTensor b) => BitAndOp.Call(a, b);

    /// <summary>Logical or of Bool tensors, bitwise of integers.</summary>
    public static TorchTensor operator |(TorchTensor a, TorchTensor b) => BitOrOp.Call(a, b);

    /// <summary>Bool: greater than a number.</summary>
    public TorchTensor Gt(double other) => GtOp.Call(this, other);

    /// <summary>Bool: greater.</summary>
    public TorchTensor Gt(TorchTensor other) => GtTensorOp.Call(this, other);

    /// <summary>Bool: at least a number.</summary>
    public TorchTensor Ge(double other) => GeOp.Call(this, other);

    /// <summary>Bool: at least.</summary>
    public TorchTensor Ge(TorchTensor other) => GeTensorOp.Call(this, other);

    /// <summary>Bool: less than a number.</summary>
    public TorchTensor Lt(double other) => LtOp.Call(this, other);

    /// <summary>Bool: less.</summary>
    public TorchTensor Lt(TorchTensor other) => LtTensorOp.Call(this, other);

    /// <summary>Bool: at most a number.</summary>
    public TorchTensor Le(double other) => LeOp.Call(this, other);

    /// <summary>Bool: at most.</summary>
    public TorchTensor Le(TorchTensor other) => LeTensorOp.Call(this, other);

    /// <summary>Bool: equal to a number.</summary>
    public TorchTensor Eq(double other) => EqOp.Call(this, other);

    /// <summary>Bool: equal.</summary>
    public TorchTensor Eq(TorchTensor other) => EqTensorOp.Call(this, other);

    /// <summary>Bool: not equal to a number.</summary>
    public TorchTensor Ne(double other) => NeOp.Call(this, other);

    /// <summary>Bool: not equal.</summary>
    public TorchTensor Ne(TorchTensor other) => NeTensorOp.Call(this, other);

    /// <summary>Bool: both are not zero.</summary>
    public TorchTensor LogicalAnd(TorchTensor other) => AndOp.Call(this, other);

    /// <summary>|x|.</summary>
    public TorchTensor Abs() => AbsOp.Call(this);

    /// <summary>eˣ.</summary>
    public TorchTensor Exp() => ExpOp.Call(this);

    /// <summary>Natural logarithm.</summary>
    public TorchTensor Log() => LogOp.Call(this);

    /// <summary>√x.</summary>
    public TorchTensor Sqrt() => SqrtOp.Call(this);

    /// <summary>sin x.</summary>
    public TorchTensor Sin() => SinOp.Call(this);

    /// <summary>cos x.</summary>
    public TorchTensor Cos() => CosOp.Call(this);

    /// <summary>tanh x.</summary>
    public TorchTensor Tanh() => TanhOp.Call(this);

    /// <summary>Error function.</summary>
    public TorchTensor Erf() => ErfOp.Call(this);

    /// <summary>1/x.</summary>
    public TorchTensor Reciprocal() => ReciprocalOp.Call(this);

    /// <summary>Largest whole number not above.</summary>
    public TorchTensor Floor() => FloorOp.Call(this);

    /// <summary>Nearest whole number, halves to even.</summary>
    public TorchTensor Round() => RoundOp.Call(this);

    /// <summary>xᵖ.</summary>
    public TorchTensor Pow(double exponent) => PowOp.Call(this, exponent);

    /// <summary>1/(1+e⁻ˣ).</summary>
    public TorchTensor Sigmoid() => SigmoidOp.Call(this);

    /// <summary>ln σ(x), exact for large |x|.</summary>
    public TorchTensor LogSigmoid() => LogSigmoidOp.Call(this);

    /// <summary>ln(1 + eˣ).</summary>
    public TorchTensor Softplus() => SoftplusOp.Call(this);

    /// <summary>max(x, 0).</summary>
    public TorchTensor Relu() => ReluOp.Call(this);

    /// <summary>Limited to a range; null is no limit.</summary>
    public TorchTensor Clamp(double? min = null, double? max = null) =>
        ClampOp.Call(this, min is { } low ? low : TorchArg.None, max is { } high ? high : TorchArg.None);

    /// <summary>The larger, element by element.</summary>
    public TorchTensor Maximum(TorchTensor other) => MaximumOp.Call(this, other);

    /// <summary>The smaller, element by element.</summary>
    public TorchTensor Minimum(TorchTensor other) => MinimumOp.Call(this, other);

    /// <summary>Bool: neither infinite nor NaN.</summary>
    public TorchTensor IsFinite() => IsFiniteOp.Call(this);

    /// <summary>Elements of <paramref name="a"/> where the condition holds, else of <paramref name="b"/>.</summary>
    public static TorchTensor Where(TorchTensor condition, TorchTensor a, TorchTensor b) => WhereOp.Call(condition, a, b);

    /// <summary>
    /// Elements of <paramref name="a"/> where the condition holds, else a number (of <paramref name="a"/>'s type).
    /// </summary>
    public static TorchTensor Where(TorchTensor condition, TorchTensor a, double b) =>
        WhereOp.Call(condition, a, Scalar(b, a.ScalarType, a.Device));
}
