using RfDetr.Checkpoints;
using RfDetr.Cpu;
using RfDetr.Tensors;

namespace RfDetr.Tests.Quantization;

/// <summary>Policies and 8-bit weights in files.</summary>
public sealed class QuantizedFileTests : IDisposable
{
    private const string Matrix =
        "bbox_embed.layers.0.weight", Other = "class_embed.weight",
        Transposed = "backbone.0.projector.stages_sampling.0.1.0.weight";
    private static readonly float[] s_values = [1, -0.5f, 0.26f, 0, 0, 0, 3e-3f, -1e-3f, 2e-3f];
    private readonly TemporaryFolder _folder = new();

    private static QuantizationPolicy Policy { get; } = new()
    {
        Blocks = [new("heads", true, 0.25, 0.125), new("projector", true, null, 0.5), new("masks", false, -1, 0)],
        Activations = ActivationScales.Calibrated,
        ActivationBits = 7,
        Ranges = new Dictionary<string, ActivationRange> { [Matrix] = new(-0.5f, 2.25f) },
        CalibrationImages = 100,
        CalibrationDigest = "ab12",
        Measured = "AP of boxes on 7 images of 'valid'",
        FloatPrecision = 0.5,
        Int8Precision = 0.4961,
        Budget = 0.5,
    };

    [Theory]
    [InlineData("a.safetensors")]
    [InlineData("a.pth")]
    public void A_policy_comes_back_from_a_file(string name)
    {
        var content = new CheckpointContent
        {
            Weights = Weights(),
            Metadata = new PlainMap([new(QuantizationPolicy.Key, QuantizationPolicyPlain.Write(Policy))])
        };
        if (name.EndsWith("pth", StringComparison.Ordinal))
            TorchWriter.Write(_folder[name], content);
        else
            SafetensorsWriter.Write(_folder[name], content);
        using var checkpoint = Checkpoint.Open(_folder[name]);
        QuantizationPolicy read = QuantizationPolicyPlain.Find(checkpoint).ShouldNotBeNull();
        read.Blocks.ShouldBe(Policy.Blocks);
        read.Ranges.ShouldBe(Policy.Ranges);
        (read with { Blocks = Policy.Blocks, Ranges = Policy.Ranges }).ShouldBe(Policy);
    }

    [Fact]
    public void Chosen_matrices_become_bytes_and_come_back_as_floats()
    {
        SafetensorsWriter.Write(
            _folder["q.safetensors"], new CheckpointContent { Weights = new Int8Weights(Weights(), Policy.Covers) });
        using var checkpoint = Checkpoint.Open(_folder["q.safetensors"]);
        checkpoint.Names.ShouldBe([Matrix, Other, Transposed], ignoreOrder: true);
        float[] read = Read(checkpoint, Matrix);
        for (int i = 0; i < read.Length; i++)
            Math.Abs(read[i] - s_values[i]).ShouldBeLessThanOrEqualTo(
                s_values[(i / 3 * 3)..(i / 3 * 3 + 3)].Max(MathF.Abs) / 127 / 2 * 1.0001f);
        Read(checkpoint, Other).ShouldBe(s_values);
        Read(checkpoint, Transposed).ShouldBe([.. s_values, .. s_values, .. s_values, .. s_values]);

        // Again: nothing more is lost.
        SafetensorsWriter.Write(
            _folder["r.safetensors"], new CheckpointContent { Weights = new Int8Weights(checkpoint, Policy.Covers) });
        using var again = Checkpoint.Open(_folder["r.safetensors"]);
        Read(again, Matrix).ShouldBe(read);
    }

    [Fact]
    public void Scales_that_do_not_fit_are_refused()
    {
        var codes = new HostTensor(DType.Int8, [3, 3], new byte[9]);
        foreach (
            HostTensor scales in new[]
            {
                HostTensor.Of(new float[2], 2), HostTensor.Of(new float[3], 3, 1), HostTensor.Of(new long[3], 3)
            })
        {
            var tensors = new TensorSet(new Dictionary<string, HostTensor> { ["w"] = codes, ["w.int8_scale"] = scales });
            SafetensorsWriter.Write(_folder["bad.safetensors"], new CheckpointContent { Weights = tensors });
            using var checkpoint = Checkpoint.Open(_folder["bad.safetensors"]);
            Should.Throw<CheckpointFormatException>(() =>
                checkpoint.TryGet("w", out _)).Message.ShouldContain("'w' has shape [3, 3]");
        }
    }

    [Fact]
    public void A_broken_policy_is_the_files_fault()
    {
        foreach ((object? stored, string said) in new (object?, string)[]
        {
            ("int8", "no map"),
            (QuantizationPolicyPlain.Write(Policy).With("version", 2L), "version 2"),
            (QuantizationPolicyPlain.Write(Policy).With("activations", "columns"), "'columns'"),
            (QuantizationPolicyPlain.Write(Policy).With("activation_bits", 6L), "activation bits are '6', expected 7 or 8"),
            (QuantizationPolicyPlain.Write(Policy).With("activation_bits", "7"), "activation bits"),
            (QuantizationPolicyPlain.Write(Policy).With("blocks", new List<object?> { 1L }), "a block has no name"),
            (
                QuantizationPolicyPlain.Write(Policy).With("ranges", new PlainMap([new("w", new List<object?> { 1.0, 2.0 })])),
                "a range"),
        })
        {
            SafetensorsWriter.Write(
                _folder["b.safetensors"],
                new CheckpointContent { Weights = Weights(), Metadata = new PlainMap([new(QuantizationPolicy.Key, stored)]) });
            using var checkpoint = Checkpoint.Open(_folder["b.safetensors"]);
            Should.Throw<CheckpointFormatException>(() => QuantizationPolicyPlain.Find(checkpoint)).Message.ShouldContain(said);
        }
    }

    [Fact]
    public void Files_that_say_nothing_of_bits_have_eight()
    {
        SafetensorsWriter.Write(_folder["e.safetensors"], new CheckpointContent
        {
            Weights = Weights(),
            Metadata = new PlainMap([new(QuantizationPolicy.Key, new PlainMap(
                QuantizationPolicyPlain.Write(Policy)
                    .Where(e => !"activation_bits".Equals(e.Key)).Select(e => KeyValuePair.Create((string)e.Key, e.Value))))]),
        });
        using var checkpoint = Checkpoint.Open(_folder["e.safetensors"]);
        QuantizationPolicyPlain.Find(checkpoint)!.ActivationBits.ShouldBe(8);
    }

    [Fact]
    public void Only_covered_matrices_are_given_to_the_engine()
    {
        Int8Products products = Policy.ToProducts([Matrix, Other, "transformer.enc_output.0.weight"]).ShouldNotBeNull();
        products.Weights.ShouldBe([Matrix]);
        products.Ranges.ShouldBe(Policy.Ranges);
        products.ActivationBits.ShouldBe(7);
        (Policy with { Activations = ActivationScales.Rows }).ToProducts([Matrix])!.Ranges.ShouldBeEmpty();
        QuantizationPolicy.None.ToProducts([Matrix]).ShouldBeNull();
    }

    [Fact]
    public void Rows_of_codes_are_what_the_engine_packs()
    {
        float scale = Int8Rows.Scale(s_values);
        scale.ShouldBe(1f / 127);
        s_values.Select(v => (int)Int8Rows.Code(v, scale)).ShouldBe([127, -64, 33, 0, 0, 0, 0, 0, 0]);
        Int8Rows.Scale([0, 0]).ShouldBe(1);
    }

    public void Dispose() => _folder.Dispose();

    private static TensorSet Weights() => new(new Dictionary<string, HostTensor>
    {
        [Matrix] = HostTensor.Of(s_values, 3, 3),
        [Other] = HostTensor.Of(s_values, 3, 3),
        [Transposed] = HostTensor.Of([.. s_values, .. s_values, .. s_values, .. s_values], 3, 3, 2, 2),
    });

    private static float[] Read(Checkpoint checkpoint, string name) =>
        checkpoint.TryGet(name, out HostTensor? tensor) ? tensor.ToSingles() : [];
}
