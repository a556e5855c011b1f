using System.Numerics;
using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Tests.Checkpoints;

/// <summary>One value of every harmless kind, as torch.save wrote it under four protocols and in both containers.</summary>
public class PickleKindsTests
{
    public static TheoryData<string> Files =>
        ["kinds_p1.pth", "kinds_p2.pth", "kinds_p4.pth", "kinds_p5.pth", "kinds_legacy.pth"];

    [Theory]
    [MemberData(nameof(Files))]
    public void ViewsOfSharedStoragesBecomeContiguous(string file)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Goldens.Path($"written/{file}"));
        void Check(string name, int[] shape, params float[] values)
        {
            checkpoint.TryGet(name, out HostTensor? tensor).ShouldBeTrue(name);
            tensor!.Shape.ShouldBe(shape, name);
            tensor.ToSingles().ShouldBe(values, name);
        }

        Check("transposed", [6, 4], [.. Enumerable.Range(0, 24).Select(i => (float)(i % 4 * 6 + i / 4))]);
        Check("column", [4], 2, 8, 14, 20);
        Check("block", [2, 4], 7, 8, 9, 10, 13, 14, 15, 16);
        Check("every_other", [2, 2], 0, 3, 12, 15);
        Check("permuted", [4, 2, 3], [.. Enumerable.Range(0, 24).Select(i => (float)(i / 6 + i / 3 % 2 * 12 + i % 3 * 4))]);
        Check("expanded", [2, 3], 1, 1, 1, 2, 2, 2);
        Check("unit_dims", [1, 4, 1], 0, 6, 12, 18);
        Check("parameter", [2], 7, 8);
        Check("view_of_bytes", [3], 3, 4, 5);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void ArgumentsOfEveryHarmlessKindBecomePlainValues(string file)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Goldens.Path($"written/{file}"));
        PlainMap args = checkpoint.Args;
        ((PlainMap)args["namespace"]!)["b"].ShouldBe("x");
        args["path"].ShouldBe("/data/coco/train");
        args["device"].ShouldBe("cuda:1");
        args["cpu"].ShouldBe("cpu");
        args["dtype"].ShouldBe("torch.bfloat16");
        args["size"].ShouldBe(new object?[] { 2L, 3L });
        ((PlainMap)args["default"]!)["k"].ShouldBe(new List<object?> { 1L, 2L });
        ((PlainMap)args["counter"]!)[30L].ShouldBe(1L);
        ((PlainMap)args["ordered"]!).Keys.ShouldBe(["z", "a"]);
        args["a_set"].ShouldBe(new List<object?> { 3L });
        args["frozen"].ShouldBe(new List<object?> { "f" });
        args["np_f8"].ShouldBe(0.48);
        args["np_f4"].ShouldBe(0.5);
        args["np_i8"].ShouldBe(-5L);
        args["np_bool"].ShouldBe(true);
        ((PlainMap)args["array"]!)["data"].ShouldBe(new byte[] { 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0 });
        args["big"].ShouldBe(BigInteger.Pow(2, 80));
        args["neg"].ShouldBe(-(1L << 40));
        args["raw"].ShouldBe(new byte[] { 0, 255 });
        args["inf"].ShouldBe(double.PositiveInfinity);
        args["text"].ShouldBe(new string('ü', 300));
        PlainJson.Write(args["deep"]).ShouldBe("[[[[1,[2]]]]]");
        PlainJson.Write(args["empty"]).ShouldBe("[{},[],[]]");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void AnAverageInACallbackIsFound(string file)
    {
        using Checkpoint checkpoint =
            Checkpoint.Open(Goldens.Path($"written/{file}"), new CheckpointOptions { PreferEma = true });
        checkpoint.IsEma.ShouldBeTrue();
        checkpoint.TryGet("column", out HostTensor? column).ShouldBeTrue();
        column!.ToSingles().ShouldBe([1, 1, 1, 1]);
        checkpoint.Metadata["rfdetr_version"].ShouldBe("1.12.0");
        checkpoint.Metadata.Keys.ShouldNotContain("callbacks");
    }
}
