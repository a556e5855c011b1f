namespace RfDetr.Cpu;

/// <summary>Functions of one number that kernels can apply.</summary>
internal enum UnaryFunction
{
    Same,
    Neg,
    Exp,
    Sqrt,
    Reciprocal,
    Sin,
    Cos,
    Sigmoid,
    Relu,
    Erf,
    Gelu,
    Silu,
}
