using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>Tensors: values in and out, operators, types, errors.</summary>
public sealed class TensorTests
{
    [Fact]
    public void Values_come_back_as_they_went_in()
    {
        using var scope = new TorchScope();
        TorchTensor.From([1f, 2, 3, 4, 5, 6], [2, 3]).Transpose(0, 1).ToArray<float>().ShouldBe([1f, 4, 2, 5, 3, 6]);
        TorchTensor.From(long.MaxValue, -1L).ToArray<long>().ShouldBe([long.MaxValue, -1]);
        TorchTensor.From(true, false).To(ScalarType.Float32).ToArray<float>().ShouldBe([1f, 0]);
        TorchTensor.From((Half)0.5f).ToArray<double>().ShouldBe([0.5]);
        TorchTensor.From([7.5], []).Shape.ShouldBeEmpty();
        TorchTensor.From([7.5], []).Item().ShouldBe(7.5);
        TorchTensor.From(long.MaxValue - 1).ItemInt64().ShouldBe(long.MaxValue - 1);
        TorchTensor.Zeros([0, 3]).ToArray<float>().ShouldBeEmpty();
    }

    [Fact]
    public void Numbers_promote_as_in_python()
    {
        using var scope = new TorchScope();
        TorchTensor whole = TorchTensor.From(1L, 2), single = TorchTensor.From(1f, 2);
        (whole * 2L).ScalarType.ShouldBe(ScalarType.Int64);
        (whole * 2.5).ScalarType.ShouldBe(ScalarType.Float32);
        (whole / 2L).ToArray<float>().ShouldBe([0.5f, 1]);
        (single * 2.5).ScalarType.ShouldBe(ScalarType.Float32);
        (2 - single).ToArray<float>().ShouldBe([1f, 0]);
        (1 / single).ToArray<float>().ShouldBe([1f, 0.5f]);
        (2.0 / single).ToArray<float>().ShouldBe([2f, 1]);
        (single + whole).ScalarType.ShouldBe(ScalarType.Float32);
        single.Gt(1).ToArray<bool>().ShouldBe([false, true]);
    }

    [Fact]
    public void Gradients_reach_the_leaves()
    {
        using var scope = new TorchScope();
        TorchTensor x = TorchTensor.From(1f, 2, 3), y = TorchTensor.From(4f, 5, 6);
        x.RequiresGrad = true;
        x.Grad.ShouldBeNull();

        ((x * y).Sum() + (x * x).Sum()).Backward();

        x.Grad.ShouldNotBeNull().ToArray<float>().ShouldBe([6f, 9, 12]);
        y.Grad.ShouldBeNull();
        x.Grad = null;
        x.Grad.ShouldBeNull();
        TorchTensor?[] grads = (x * x).Sum().GradientsOf([x]);
        grads[0].ShouldNotBeNull().ToArray<float>().ShouldBe([2f, 4, 6]);
        x.Grad.ShouldBeNull("only asked for, not accumulated");
    }

    [Fact]
    public void Without_gradients_nothing_is_recorded()
    {
        using var scope = new TorchScope();
        TorchTensor x = TorchTensor.Ones([2]);
        x.RequiresGrad = true;
        using (TorchRuntime.NoGrad())
        {
            (x * 2).RequiresGrad.ShouldBeFalse();
            using (TorchRuntime.EnableGrad())
                (x * 2).RequiresGrad.ShouldBeTrue();
            TorchRuntime.GradEnabled.ShouldBeFalse();
        }

        (x * 2).RequiresGrad.ShouldBeTrue();
        (x * 2).Detach().RequiresGrad.ShouldBeFalse();
    }

    [Fact]
    public void An_error_names_the_operator_and_the_shapes()
    {
        using var scope = new TorchScope();
        TorchTensor a = TorchTensor.Ones([2, 3]), b = TorchTensor.Ones([4, 5]);

        string message = Should.Throw<TorchException>(() => a.MatMul(b)).Message;

        message.ShouldStartWith("aten::matmul(float[2, 3], float[4, 5]): ");
        message.ShouldContain("2x3 and 4x5");
        Should.Throw<TorchException>(() =>
            Aten.Call("aten::no_such_thing", a)).Message.ShouldContain("has no operator aten::no_such_thing");
        Should.Throw<TorchException>(() => Aten.Call("aten::relu", a, 1, 2)).Message.ShouldContain(
            "3 arguments are given; the operator is aten::relu(Tensor self)");
        Should.Throw<TorchException>(() => Aten.Call("aten::narrow", a)).Message.ShouldContain("argument 'dim' has no default");
        Should.Throw<TorchException>(() => Aten.Call("aten::split.Tensor", a, 1)).Message.ShouldContain(
            "aten::split.Tensor gives 2 results, not one tensor");
        Should.Throw<ArgumentException>(() => TorchTensor.From([1f, 2], [3])).Message.ShouldContain("12 bytes, given are 8");
        Should.Throw<TorchException>(() => a.Item()).Message.ShouldContain("aten::item(float[2, 3])");
    }

    [Fact]
    public void A_freed_tensor_says_so()
    {
        TorchTensor kept, lost;
        using (var scope = new TorchScope())
        {
            kept = scope.Keep(TorchTensor.Ones([1]));
            lost = TorchTensor.Ones([1]);
        }

        kept.Item().ShouldBe(1);
        kept.Dispose();
        kept.Dispose();
        Should.Throw<ObjectDisposedException>(() => lost + 1).Message.ShouldContain("TorchScope.Keep");
        Should.Throw<ObjectDisposedException>(() => TorchTensor.Cat([lost]));
        lost.ToString().ShouldBe("disposed tensor");
    }
}
