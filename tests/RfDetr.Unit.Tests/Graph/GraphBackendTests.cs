using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Tests.Graph;

public sealed class GraphBackendTests
{
    private static readonly float[] s_large = new float[100];

    [Fact]
    public void Equal_operations_on_equal_inputs_become_one_value()
    {
        var backend = new GraphBackend();
        Tensor x = backend.Input("x", TensorType.Float([2, 3]));
        GraphBackend.ValueOf(x.Exp()).ShouldBeSameAs(GraphBackend.ValueOf(x.Exp()));
        GraphBackend.ValueOf(x.Permute(1, 0)).ShouldBeSameAs(GraphBackend.ValueOf(x.Permute(1, 0)));
        GraphBackend.ValueOf(x * 2).ShouldBeSameAs(GraphBackend.ValueOf(x * 2));
        GraphBackend.ValueOf(x * 2).ShouldNotBeSameAs(GraphBackend.ValueOf(x * 3));
        GraphBackend.ValueOf(x.Exp()).ShouldNotBeSameAs(GraphBackend.ValueOf(x.Sin()));
        GraphBackend.ValueOf(x - x.Exp()).ShouldNotBeSameAs(GraphBackend.ValueOf(x.Exp() - x));
    }

    [Fact]
    public void Small_constants_are_one_by_their_numbers_and_shape_large_ones_by_identity()
    {
        var backend = new GraphBackend();
        Value Of(HostTensor data) => GraphBackend.ValueOf(backend.Constant(data));
        Of(HostTensor.Of([1f, 2], 2)).ShouldBeSameAs(Of(HostTensor.Of([1f, 2], 2)));
        Of(HostTensor.Of([1f, 2], 2)).ShouldNotBeSameAs(Of(HostTensor.Of([1f, 2], 2, 1)));
        Of(HostTensor.Of([0f, 0], 2)).ShouldNotBeSameAs(Of(HostTensor.Of([0L], 1)));
        HostTensor large = HostTensor.Of(s_large, 100);
        Of(large).ShouldBeSameAs(Of(large));
        Of(large).ShouldNotBeSameAs(Of(HostTensor.Of([.. s_large], 100)));
    }

    [Fact]
    public void The_order_holds_what_the_outputs_need_and_nothing_else()
    {
        var backend = new GraphBackend();
        Tensor x = backend.Input("x", TensorType.Float([2]));
        Tensor y = x.Exp();
        _ = y.Sin();
        Tensor stage = y.Cos().Tap("stage");
        backend.Finish([("y", y)]).Order.Select(v => v.Op.Name).ShouldBe(["Exp"]);
        NetworkGraph tapped = backend.Finish([("y", y)], taps: name => name == "stage");
        tapped.Order.Select(v => v.Op.Name).ShouldBe(["Exp", "Cos"]);
        tapped.Taps.Single().Value.ShouldBeSameAs(GraphBackend.ValueOf(stage));
        tapped.CountUses()[GraphBackend.ValueOf(y)].ShouldBe(2);
    }

    [Fact]
    public void Deep_graphs_do_not_overflow_the_stack()
    {
        var backend = new GraphBackend();
        Tensor x = backend.Input("x", TensorType.Float([1]));
        for (int i = 0; i < 50_000; i++)
            x = x.Sin();
        backend.Finish([("y", x)]).Order.Count.ShouldBe(50_000);
    }

    [Fact]
    public void Derived_operations_are_recorded_whole_or_written_out()
    {
        NetworkGraph whole = Record(new GraphBackend()), written = Record(new GraphBackend(_ => false));
        whole.Order.Select(v => v.Op).ShouldBe([new Gelu()]);
        written.Order.ShouldAllBe(v => !(v.Op is DerivedOp));

        static NetworkGraph Record(GraphBackend backend) =>
            backend.Finish([("y", backend.Input("x", TensorType.Float([2])).Gelu())]);
    }

    [Fact]
    public void Two_inputs_of_one_name_are_refused()
    {
        var backend = new GraphBackend();
        _ = backend.Input("x", TensorType.Float([2]));
        Should.Throw<ArgumentException>(() => backend.Input("x", TensorType.Float([3]))).Message.ShouldContain("input 'x'");
    }
}
