using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Tests.Tensors;

/// <summary>
/// Every operation refuses inputs that do not fit, with its name and the shapes in the message; nothing else escapes.
/// </summary>
public sealed class ShapeErrorTests
{
    private static readonly (string Name, Op Op, TensorType[] Inputs)[] s_wrong =
    [
        ("unary without input", new Unary(UnaryKind.Exp), []),
        ("unary of indices", new Unary(UnaryKind.Exp), [I(2)]),
        ("binary of one", new Binary(BinaryKind.Add), [F(2)]),
        ("binary of mixed types", new Binary(BinaryKind.Add), [F(2), I(2)]),
        ("binary that does not broadcast", new Binary(BinaryKind.Mul), [F(2, 3), F(2, 4)]),
        ("product of vectors", new MatMul(), [F(3), F(3, 2)]),
        ("product of unequal inner sizes", new MatMul(), [F(2, 3), F(2, 3)]),
        ("transposed product of unequal inner sizes", new MatMul(true), [F(2, 3), F(3, 2)]),
        ("product of unequal batches", new MatMul(), [F(2, 4, 3), F(3, 3, 4)]),
        ("product of indices", new MatMul(), [F(2, 3), I(3, 2)]),
        ("convolution of rank 3", new Conv2d(), [F(3, 3, 1), F(1, 1, 1, 1)]),
        ("convolution of other channels", new Conv2d(), [F(1, 4, 4, 3), F(8, 4, 1, 1)]),
        ("convolution of odd groups", new Conv2d(Groups: 2), [F(1, 4, 4, 4), F(3, 2, 1, 1)]),
        ("convolution without groups", new Conv2d(Groups: 0), [F(1, 4, 4, 4), F(3, 2, 1, 1)]),
        ("convolution without stride", new Conv2d(Stride: 0), [F(1, 4, 4, 4), F(3, 4, 1, 1)]),
        ("convolution of a small map", new Conv2d(), [F(1, 2, 2, 1), F(1, 1, 3, 3)]),
        ("convolution of a wrong bias", new Conv2d(), [F(1, 4, 4, 1), F(2, 1, 3, 3), F(3)]),
        ("reshape to other sizes", new Reshape([5]), [F(2, 3)]),
        ("reshape across the batch", new Reshape([6]), [TensorType.Float([Dim.Batch, 6])]),
        ("permute twice the same", new Permute([0, 0]), [F(2, 3)]),
        ("permute too few", new Permute([0]), [F(2, 3)]),
        ("concat of nothing", new Concat(0), []),
        ("concat of other sizes", new Concat(0), [F(2, 3), F(2, 4)]),
        ("concat of other ranks", new Concat(0), [F(2, 3), F(2)]),
        ("concat of mixed types", new Concat(0), [F(2), I(2)]),
        ("concat of no such axis", new Concat(2), [F(2, 3)]),
        ("slice beyond", new Slice(0, 1, 2), [F(2)]),
        ("slice before", new Slice(0, -1, 1), [F(2)]),
        ("slice that overflows", new Slice(0, int.MaxValue, 1), [F(2)]),
        ("slice of no such axis", new Slice(1, 0, 1), [F(2)]),
        ("stretch of two", new BroadcastTo([3]), [F(2)]),
        ("stretch to fewer axes", new BroadcastTo([3]), [F(1, 1)]),
        ("reduce no such axis", new Reduce(ReduceKind.Sum, 2), [F(2, 3)]),
        ("reduce indices", new Reduce(ReduceKind.Max, 0), [I(2)]),
        ("softmax of a scalar", new Softmax(), [F()]),
        ("top-k beyond", new TopKIndices(4), [F(2, 3)]),
        ("top-k of a scalar", new TopKIndices(1), [F()]),
        ("top-k of fewer than none", new TopKIndices(-1), [F(3)]),
        ("take by floats", new Take(), [F(3, 2), F(2)]),
        ("take from a scalar", new Take(), [F(), I(2)]),
        ("gather for other batches", new GatherRows(), [F(2, 5, 3), I(3, 2)]),
        ("gather by floats", new GatherRows(), [F(2, 5, 3), F(2, 2)]),
        ("resize of rank 3", new ResizeBilinear(2, 2), [F(4, 4, 1)]),
        ("resize to nothing", new ResizeBilinear(0, 2), [F(1, 4, 4, 1)]),
        ("bicubic resize of rank 3", new ResizeBicubicAntialias(2, 2), [F(4, 4, 1)]),
        ("sampling by triples", new GridSample(), [F(1, 1, 4, 4), F(1, 2, 2, 3)]),
        ("sampling for other batches", new GridSample(), [F(1, 1, 4, 4), F(2, 2, 2, 2)]),
        ("gelu of indices", new Gelu(), [I(2)]),
        ("silu of two", new Silu(), [F(2), F(2)]),
        ("linear of other width", new Linear(), [F(2, 3), F(4, 2)]),
        ("linear of a vector", new Linear(), [F(3), F(4, 3)]),
        ("linear with a wrong bias", new Linear(), [F(2, 3), F(4, 3), F(3)]),
        ("norm of other width", new LayerNorm(1e-5f), [F(2, 3), F(2), F(2)]),
        ("norm of a scalar", new LayerNorm(1e-5f), [F(), F(1), F(1)]),
        ("attention of odd heads", new Attention(3), [F(1, 2, 8), F(1, 2, 8), F(1, 2, 8)]),
        ("attention without heads", new Attention(0), [F(1, 2, 8), F(1, 2, 8), F(1, 2, 8)]),
        ("attention of other values", new Attention(2), [F(1, 2, 8), F(1, 3, 8), F(1, 2, 8)]),
        (
            "deformable sampling of other levels", new DeformableSampling(2, 2, [4, 4]),
            [F(1, 15, 8), F(1, 3, 2, 2, 2), F(1, 3, 2, 2)]),
        (
            "deformable sampling of half a level", new DeformableSampling(2, 2, [4, 4, 2]),
            [F(1, 16, 8), F(1, 3, 2, 2, 2), F(1, 3, 2, 2)]),
        (
            "deformable sampling of other heads", new DeformableSampling(4, 2, [4, 4]),
            [F(1, 16, 8), F(1, 3, 2, 2, 2), F(1, 3, 2, 2)]),
        (
            "deformable sampling of other weights", new DeformableSampling(2, 2, [4, 4]),
            [F(1, 16, 8), F(1, 3, 2, 2, 2), F(1, 3, 2, 1)]),
        ("upsampling with other kernels", new UpsampleConv2x2(), [F(1, 2, 2, 3), F(3, 4, 3, 3), F(4)]),
        ("fused linear without its residual", new FusedLinear(true, Epilogue.None, true), [F(2, 3), F(4, 3), F(4)]),
        ("fused linear with another residual", new FusedLinear(false, Epilogue.Relu, true), [F(2, 3), F(4, 3), F(2, 3)]),
    ];

    public static TheoryData<string> Names() => [.. s_wrong.Select(w => w.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Misfits_are_refused_with_the_shapes_in_the_message(string name)
    {
        (_, Op op, TensorType[] inputs) = s_wrong.Single(w => w.Name == name);
        string message = Should.Throw<ShapeException>(() => op.Infer(inputs)).Message;
        foreach (TensorType input in inputs.Take(1))
            message.ShouldContain(input.Shape.ToString());
    }

    [Fact]
    public void Every_operation_is_among_them()
    {
        Type[] operations = [.. typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract)];
        s_wrong.Select(w => w.Op.GetType()).Distinct().ShouldBe(operations, ignoreOrder: true);
    }

    [Fact]
    public void Values_of_two_back_ends_do_not_mix()
    {
        Tensor a = new ShapeBackend().Input(F(2)), b = new ShapeBackend().Input(F(2));
        Should.Throw<ArgumentException>(() => a + b).Message.ShouldContain("input 1 lives on another back end");
    }

    private static TensorType F(params int[] shape) => TensorType.Float(Shape.Of(shape));

    private static TensorType I(params int[] shape) => TensorType.Index(Shape.Of(shape));
}
