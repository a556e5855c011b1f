using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>The kernels compiled for one kind of register and one kind of product.</summary>
internal sealed unsafe class KernelSet<TSimd, T, TTile>(Lazy<Int8Kernel> int8) : KernelSet
    where TSimd : ISimd<T>
    where T : unmanaged
    where TTile : ITile
{
    public override int TileRows => TTile.Rows;

    public override int TileColumns => TTile.Columns;

    public override Int8Kernel Int8 => int8.Value;

    public override int ProductScratchFloats(int k) => ProductKernel<TSimd, T, TTile>.ScratchFloats(k);

    public override void Product(in ProductBlock block) => ProductKernel<TSimd, T, TTile>.Run(block);

    public override void Map(UnaryFunction function, float* x, nint step, float* y, int n) =>
        MapKernel<TSimd, T>.Map(function, x, step, y, n);

    public override void Combine(BinaryKind kind, float* a, nint stepA, float* b, nint stepB, float* y, int n) =>
        MapKernel<TSimd, T>.Combine(kind, a, stepA, b, stepB, y, n);

    public override void Norm(float* x, float* weight, float* bias, float epsilon, UnaryFunction activation, float* y, int n) =>
        RowKernel<TSimd, T>.Norm(x, weight, bias, epsilon, activation, y, n);

    public override void Softmax(float* x, float* y, int n)
    {
        if (x != y)
            Buffer.MemoryCopy(x, y, n * sizeof(float), n * sizeof(float));
        Scale(y, 1 / RowKernel<TSimd, T>.ExpRow(y, 1, n), n);
    }

    public override void RoundToBFloat16(float* x, ushort* y, int n) => MapKernel<TSimd, T>.RoundToBFloat16(x, y, n);

    public override float ExpRow(float* x, float scale, int n) => RowKernel<TSimd, T>.ExpRow(x, scale, n);

    public override void Scale(float* x, float factor, int n) => RowKernel<TSimd, T>.Scale(x, factor, n);

    public override void AddScaled(float* x, float factor, float* y, int n) => RowKernel<TSimd, T>.AddScaled(x, factor, y, n);

    public override void MultiplyAdd(float* a, float* b, float* y, int n) => RowKernel<TSimd, T>.MultiplyAdd(a, b, y, n);

    public override float Reduce(ReduceKind kind, float* x, int n) => kind switch
    {
        ReduceKind.Max => RowKernel<TSimd, T>.Largest(x, n),
        ReduceKind.Mean => RowKernel<TSimd, T>.Sum(x, n) / n,
        _ => RowKernel<TSimd, T>.Sum(x, n),
    };
}
