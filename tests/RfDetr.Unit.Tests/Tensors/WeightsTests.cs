using System.Diagnostics.CodeAnalysis;
using RfDetr.Tensors;

namespace RfDetr.Tests.Tensors;

public sealed class WeightsTests
{
    private static readonly HostTensor s_pair = HostTensor.Of([1f, 2], 2);

    [Fact]
    public void Names_grow_along_the_path()
    {
        Weights root = Root([]);
        root.Path.ShouldBe("");
        (root / "decoder" / "layers" / 3).Path.ShouldBe("decoder.layers.3");
    }

    [Fact]
    public void What_fits_reaches_the_back_end()
    {
        Weights root = Root(new() { ["a.weight"] = s_pair });
        HostBackend.Read((root / "a").Get("weight", 2)).ToSingles().ShouldBe([1f, 2]);
        root.Complete("a test");
    }

    [Fact]
    public void One_error_lists_everything_that_does_not_fit()
    {
        Weights root = Root(
            new() { ["a.weight"] = s_pair, ["a.extra"] = s_pair, ["a.counter"] = HostTensor.Of([1L], 1), ["b.bias"] = s_pair });
        (root / "a").Get("weight", 3, 2).Shape.ShouldBe([3, 2]);
        _ = (root / "a").Get("counter", 1);
        _ = (root / "b").Get("weight", 4);
        _ = (root / "b").Get("bias", 2);
        string message = Should.Throw<WeightsException>(() => root.Complete("variant 'nano'")).Message;
        message.ShouldContain("do not fit variant 'nano'");
        message.ShouldContain("weight 'a.weight' has shape [2], expected [3, 2]");
        message.ShouldContain("weight 'a.counter' holds Int64 values");
        message.ShouldContain("1 missing: b.weight");
        message.ShouldContain("1 unexpected: a.extra");
        message.ShouldNotContain("b.bias");
    }

    [Fact]
    public void Long_lists_are_cut_with_their_length()
    {
        Weights root = Root([]);
        for (int i = 0; i < 20; i++)
            _ = (root / "layer" / i).Get("weight", 1);
        string message = Should.Throw<WeightsException>(() => root.Complete("a test")).Message;
        message.ShouldContain("20 missing: layer.0.weight;");
        message.ShouldEndWith("; …");
        message.ShouldNotContain("layer.8.weight");
    }

    [Fact]
    public void Ignored_names_may_be_there_or_not()
    {
        Weights root = Root(new() { ["mask_token"] = s_pair });
        root.Ignore("mask_token");
        root.Ignore("absent");
        root.Complete("a test");
    }

    [Fact]
    public void A_part_of_the_tree_answers_for_its_own_names_only()
    {
        Weights root = Root(new() { ["a.b.weight"] = s_pair, ["a.bc.weight"] = s_pair, ["d"] = s_pair });
        Weights part = root / "a" / "b";
        _ = part.Get("weight", 2);
        part.Complete("a part");
        part.Strangers.ShouldBeEmpty();
        (root / "a").Complete("more");
        root.Strangers.ShouldBe(["a.bc.weight"]);
    }

    [Fact]
    public void Tensors_beside_the_networks_own_are_strangers_but_another_layer_is_an_error()
    {
        Dictionary<string, HostTensor> tensors = new()
        {
            ["layer.0.weight"] = s_pair,
            ["layer.0.total_ops"] = s_pair,
            ["criterion.empty_weight"] = s_pair
        };
        Weights root = Root(tensors);
        _ = (root / "layer" / 0).Get("weight", 2);
        root.Complete("a test");
        root.Strangers.ShouldBe(["layer.0.total_ops", "criterion.empty_weight"]);

        tensors["layer.1.weight"] = s_pair;
        Weights larger = Root(tensors);
        _ = (larger / "layer" / 0).Get("weight", 2);
        Should.Throw<WeightsException>(() => larger.Complete("a test")).Message.ShouldContain("1 unexpected: layer.1.weight");
    }

    [Fact]
    public void A_parameter_list_records_what_is_asked_for()
    {
        var list = new ParameterList();
        var root = new Weights(list, new ShapeBackend());
        (root / "x").Get("weight", 3, 4).Shape.ShouldBe([3, 4]);
        _ = root.Get("bias", 3);
        root.Complete("a test");
        list.Parameters.Select(p => p.Name).ShouldBe(["x.weight", "bias"]);
        list.Parameters[0].Shape.ShouldBe([3, 4]);
        list.Count.ShouldBe(15);
    }

    private static Weights Root(Dictionary<string, HostTensor> tensors) => new(new Source(tensors), new HostBackend());

    private sealed class Source(Dictionary<string, HostTensor> tensors) : IWeightSource
    {
        public IReadOnlyCollection<string> Names => tensors.Keys;

        public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor) => tensors.TryGetValue(name, out tensor);
    }
}
