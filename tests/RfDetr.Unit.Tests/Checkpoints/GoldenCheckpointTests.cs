using System.Text.Json;
using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Tests.Checkpoints;

/// <summary>Files written by torch.save 1.13, with the values Python saw beside them.</summary>
public class GoldenCheckpointTests
{
    [Theory]
    [InlineData("training_checkpoint.pth", nameof(CheckpointFormat.TorchZip))]
    [InlineData("training_checkpoint_legacy.pth", nameof(CheckpointFormat.TorchLegacy))]
    public void EveryTensorHasTheExpectedValues(string file, string format)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Goldens.Path($"checkpoints/{file}"));
        using JsonDocument expected = Expected();

        checkpoint.Format.ToString().ShouldBe(format);
        checkpoint.HasEma.ShouldBeTrue();
        JsonElement model = expected.RootElement.GetProperty("model");
        checkpoint.Names.ShouldBe(model.EnumerateObject().Select(p => p.Name));
        foreach (JsonProperty entry in model.EnumerateObject())
        {
            checkpoint.TryGet(entry.Name, out HostTensor? tensor).ShouldBeTrue();
            tensor!.DType.ToString().ToLowerInvariant().ShouldBe(entry.Value.GetProperty("dtype").GetString(), entry.Name);
            tensor.Shape.ShouldBe(entry.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()), entry.Name);
            Values(tensor).ShouldBe(entry.Value.GetProperty("values").EnumerateArray().Select(e => e.GetDouble()), entry.Name);
        }
    }

    [Theory]
    [InlineData("training_checkpoint.pth")]
    [InlineData("training_checkpoint_legacy.pth")]
    public void ArgumentsAndMetadataAreTheExpectedOnes(string file)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Goldens.Path($"checkpoints/{file}"));
        using JsonDocument expected = Expected();

        var args = (PlainMap)PlainJson.Read(expected.RootElement.GetProperty("args").GetRawText(), "expected")!;
        PlainJson.Write(checkpoint.Args).ShouldBe(PlainJson.Write(args));
        checkpoint.Metadata["epoch"].ShouldBe(7L);
        ((PlainMap)checkpoint.Contents["args"]!).TypeName.ShouldBe("argparse.Namespace");
    }

    [Fact]
    public void OptimizerStateIsThereWithIntegerKeysAndTensors()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Goldens.Path("checkpoints/training_checkpoint.pth"));
        var optimizer = (PlainMap)checkpoint.Contents["optimizer"]!;
        var state = (PlainMap)((PlainMap)optimizer["state"]!)[0L]!;
        state["exp_avg_sq"].ShouldBeOfType<StoredTensor>().Load().Count.ShouldBe(4);
        var group = (PlainMap)((List<object?>)optimizer["param_groups"]!)[0]!;
        group["betas"].ShouldBe(new object?[] { 0.9, 0.999 });
    }

    [Fact]
    public void PreferEmaGivesTheAveragedWeights()
    {
        string path = Goldens.Path("checkpoints/training_checkpoint.pth");
        using Checkpoint averaged = Checkpoint.Open(path, new CheckpointOptions { PreferEma = true });
        averaged.IsEma.ShouldBeTrue();
        averaged.Names.ShouldBe(["class_embed.bias"]);
        using Checkpoint plain = Checkpoint.Open(path);
        plain.IsEma.ShouldBeFalse();
        plain.TryGet("class_embed.bias", out HostTensor? bias).ShouldBeTrue();
        averaged.TryGet("class_embed.bias", out HostTensor? mean).ShouldBeTrue();
        mean!.ToSingles().ShouldNotBe(bias!.ToSingles());
    }

    [Fact]
    public void LightningPrefixesAreTakenOffAndHyperParametersRead()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Goldens.Path("checkpoints/lightning.ckpt"));
        checkpoint.Names.ShouldBe(["class_embed.bias"]);
        checkpoint.Args["num_classes"].ShouldBe(3L);
        checkpoint.Metadata["pytorch-lightning_version"].ShouldBe("2.5.0");
        checkpoint.HasEma.ShouldBeFalse();
    }

    [Fact]
    public void WeightsAloneAreACheckpointToo()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Goldens.Path("checkpoints/weights_only.pth"));
        checkpoint.Names.ShouldBe(["class_embed.bias"]);
        checkpoint.Args.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("malicious.pth", "'posix.system'", "nothing was executed")]
    [InlineData("truncated.pth", "truncated.pth' is truncated", "again")]
    [InlineData("not_a_checkpoint.pth", "is not a checkpoint", "hello world")]
    public void BrokenFilesAreRefusedEachWithItsOwnMessage(string file, string what, string detail)
    {
        var error = Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(Goldens.Path($"checkpoints/{file}")));
        error.Message.ShouldContain(what);
        error.Message.ShouldContain(detail);
    }

    [Fact]
    public void ContiguousTensorsAreViewsOfTheFileAndEndWithIt()
    {
        Checkpoint checkpoint = Checkpoint.Open(Goldens.Path("checkpoints/training_checkpoint.pth"));
        checkpoint.TryGet("class_embed.weight", out HostTensor? view).ShouldBeTrue();
        checkpoint.TryGet("shared_view_transposed", out HostTensor? copy).ShouldBeTrue();
        checkpoint.Dispose();
        Should.Throw<ObjectDisposedException>(() => view!.ToSingles()).Message.ShouldContain("end with the checkpoint");
        copy!.ToSingles().Length.ShouldBe(48);
    }

    [Fact]
    public void PinnedViewsStayMappedUntilUnpinned()
    {
        Checkpoint checkpoint = Checkpoint.Open(Goldens.Path("checkpoints/training_checkpoint.pth"));
        checkpoint.TryGet("class_embed.weight", out HostTensor? view).ShouldBeTrue();
        float first = view!.Span<float>()[0];
        System.Buffers.MemoryHandle pin = view.Bytes.Pin();
        checkpoint.Dispose();
        unsafe
        {
            (*(float*)pin.Pointer).ShouldBe(first);
        }

        pin.Dispose();
    }

    private static JsonDocument Expected() =>
        JsonDocument.Parse(File.ReadAllText(Goldens.Path("checkpoints/training_checkpoint.expected.json")));

    private static IEnumerable<double> Values(HostTensor tensor) => tensor.DType switch
    {
        DType.Float64 => tensor.Span<double>().ToArray(),
        DType.Int64 => tensor.Span<long>().ToArray().Select(v => (double)v),
        _ => tensor.ToSingles().Select(v => (double)v),
    };
}
