using RfDetr.Tensors;

namespace RfDetr.Tests.Tensors;

public sealed class ShapeTests
{
    [Fact]
    public void Dimensions_multiply_and_divide_with_the_batch_carried_along()
    {
        (Dim.Batch * 4).ShouldBe(new Dim(4, PerBatch: true));
        (4 * Dim.Batch / 2).ShouldBe(new Dim(2, PerBatch: true));
        ((Dim)6 / 3).ShouldBe((Dim)2);
        (Dim.Batch * 4).At(3).ShouldBe(12);
        ((Dim)5).At(3).ShouldBe(5);
        Dim.Batch.IsOne.ShouldBeFalse();
        ((Dim)1).IsOne.ShouldBeTrue();
        (Dim.Batch * 4).ToString().ShouldBe("4·B");
    }

    [Fact]
    public void Impossible_dimensions_say_why()
    {
        Should.Throw<ShapeException>(() => Dim.Batch * Dim.Batch).Message.ShouldContain("quadratic in the batch");
        Should.Throw<ShapeException>(() => (Dim)7 / 2).Message.ShouldBe("dimension 7 is not a multiple of 2");
        Should.Throw<ShapeException>(() => Dim.Batch / 4).Message.ShouldBe("dimension B is not a multiple of 4");
        Should.Throw<ShapeException>(() => Dim.Batch.Size).Message.ShouldContain("known only at run time");
        Should.Throw<OverflowException>(() => new Dim(1 << 20) * (1 << 20));
    }

    [Fact]
    public void Shapes_compare_by_value_and_count_axes_from_either_end()
    {
        Shape shape = [Dim.Batch, 3, 5];
        shape.ShouldBe([Dim.Batch, 3, 5]);
        shape.ShouldNotBe([1, 3, 5]);
        Shape same = [Dim.Batch, 3, 5];
        shape.GetHashCode().ShouldBe(same.GetHashCode());
        shape[-1].ShouldBe((Dim)5);
        shape.Axis(-3).ShouldBe(0);
        shape.Elements.ShouldBe(new Dim(15, true));
        shape.At(2).ShouldBe([2, 3, 5]);
        shape.With(-1, 7).ShouldBe([Dim.Batch, 3, 7]);
        shape.IsFixed.ShouldBeFalse();
        shape.ToString().ShouldBe("[B, 3, 5]");
        Shape.Scalar.Elements.ShouldBe((Dim)1);
        Should.Throw<ShapeException>(() => shape.Axis(3)).Message.ShouldBe("shape [B, 3, 5] has no axis 3");
        Should.Throw<ShapeException>(() => shape.Sizes());
    }

    [Fact]
    public void Broadcasting_stretches_ones_and_refuses_the_rest()
    {
        Shape.Broadcast([Dim.Batch, 1, 5], [3, 1]).ShouldBe([Dim.Batch, 3, 5]);
        Shape.Broadcast([1, 5], [Dim.Batch, 5]).ShouldBe([Dim.Batch, 5]);
        Shape.Broadcast([], [2, 2]).ShouldBe([2, 2]);
        Should.Throw<ShapeException>(() => Shape.Broadcast([2, 3], [2, 4])).Message.ShouldBe(
            "shapes [2, 3] and [2, 4] do not broadcast");
        Should.Throw<ShapeException>(() => Shape.Broadcast([Dim.Batch], [2]));
    }
}
