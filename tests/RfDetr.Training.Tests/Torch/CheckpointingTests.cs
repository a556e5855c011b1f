using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>Segments computed twice give the gradients of segments that are kept, to the bit.</summary>
[Collection(nameof(OneAtATime))]
public sealed class CheckpointingTests
{
    [Theory]
    [InlineData(0.0, null)]
    [InlineData(0.4, null)]
    [InlineData(0.4, nameof(ScalarType.BFloat16))]
    [Trait("Duration", "Long")]
    public void Gradients_are_equal_to_the_bit(double dropPath, string? precision)
    {
        ScalarType? autocast = precision is null ? null : Enum.Parse<ScalarType>(precision);
        Dictionary<string, float[]> kept = Run(new() { DropPathRate = dropPath }, autocast),
        twice = Run(new() { DropPathRate = dropPath, CheckpointSegments = true }, autocast);

        kept.Count.ShouldBeGreaterThan(100);
        twice.Keys.ShouldBe(kept.Keys);
        foreach ((string name, float[] gradient) in kept)
            twice[name].AsSpan().SequenceEqual(gradient).ShouldBeTrue(name);
        kept.Values.Sum(g => g.Sum(v => (double)Math.Abs(v))).ShouldBeGreaterThan(1);
    }

    [Fact]
    [Trait("Duration", "Long")]
    public void Dropping_blocks_changes_the_gradients_and_evaluation_does_not_drop()
    {
        float[] plain = Run(new(), null)["class_embed.bias"];
        Run(new() { DropPathRate = 0.9 }, null)["class_embed.bias"].ShouldNotBe(plain);

        using var network = new SmallNetwork(new() { DropPathRate = 0.9 });
        network.Backend.Training = false;
        network.Gradients(2)["class_embed.bias"].ShouldBe(plain);
    }

    [Fact]
    public void Only_trained_parameters_of_a_segment_without_trained_inputs_get_gradients()
    {
        using var scope = new TorchScope();
        using var backend = new TorchBackend(new() { CheckpointSegments = true });
        Tensor frozen = backend.Parameter("frozen", HostTensor.Of([2f, 3], 2)),
        trained = backend.Parameter("trained", HostTensor.Of([5f, 7], 2));
        backend.Parameters["frozen"].RequiresGrad = false;
        Tensor input = backend.Wrap(TorchTensor.From(1f, 10));

        TorchBackend.Unwrap(backend.Segment(x => x[0] * frozen, input)).RequiresGrad.ShouldBeFalse("nothing in it is trained");
        TorchBackend.Unwrap(backend.Segment(x => x[0] * frozen * trained, input)).Sum().Backward();

        backend.Parameters["trained"].Grad.ShouldNotBeNull().ToArray<float>().ShouldBe([2f, 30]);
        backend.Parameters["frozen"].Grad.ShouldBeNull();
    }

    [Fact]
    public void Segments_within_segments_are_allowed()
    {
        using var scope = new TorchScope();
        using var backend = new TorchBackend(new() { CheckpointSegments = true });
        Tensor w = backend.Parameter("w", HostTensor.Of([2f], 1));
        TorchTensor x = TorchTensor.From(3f);
        x.RequiresGrad = true;

        TorchBackend.Unwrap(backend.Segment(a => backend.Segment(b => b[0] * w, a[0]) * a[0], backend.Wrap(x))).Backward();

        x.Grad.ShouldNotBeNull().Item().ShouldBe(12);
        backend.Parameters["w"].Grad.ShouldNotBeNull().Item().ShouldBe(9);
    }

    [Fact]
    public void An_exception_in_the_second_run_comes_out_of_Backward()
    {
        using var scope = new TorchScope();
        using var backend = new TorchBackend(new() { CheckpointSegments = true });
        Tensor w = backend.Parameter("w", HostTensor.Of([2f], 1));
        int runs = 0;
        TorchTensor y = TorchBackend.Unwrap(
            backend.Segment(
                a => runs++ == 0 ? a[0] * w : throw new InvalidOperationException("the second run fails"),
                backend.Wrap(TorchTensor.From(3f))));

        Should.Throw<TorchException>(() => y.Backward()).Message.ShouldContain("the second run fails");
        (y + 1).Item().ShouldBe(7, "the library goes on");
    }

    private static Dictionary<string, float[]> Run(TorchBackendOptions options, ScalarType? autocast)
    {
        using var network = new SmallNetwork(options);
        TorchRuntime.ManualSeed(7);
        return network.Gradients(2, autocast);
    }
}
