using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>Decisions made before libtorch is loaded, and its messages as they are shown.</summary>
public sealed class LoaderTests
{
    [Theory]
    [InlineData(null, true, "SkylakeX")]
    [InlineData("", true, "SkylakeX")]
    [InlineData("Haswell", true, "SkylakeX")]
    [InlineData("Zen", true, null)]
    [InlineData("SkylakeX", true, null)]
    [InlineData(null, false, null)]
    [InlineData("Haswell", false, null)]
    public void OpenBlasIsGivenItsWidestKernelsUnlessSomebodyChose(string? present, bool avx512, string? expected) =>
        TorchLoader.BlasKernels(present, avx512).ShouldBe(expected);

    [Fact]
    public void AShimOfAnotherInterfaceIsRefused()
    {
        TorchLoader.RequireInterface(() => Shim.Interface);
        Should.Throw<TorchMissingException>(() => TorchLoader.RequireInterface(() => Shim.Interface + 1))
            .Message.ShouldStartWith("the shim has interface 3, this program needs 2; run eng/torch.sh");
        Should.Throw<TorchMissingException>(() => TorchLoader.RequireInterface(() => throw new EntryPointNotFoundException()))
            .Message.ShouldStartWith("the shim has interface 1, this program needs 2");
    }

    [Fact]
    public void TheStackOfAMessageIsLeftOut()
    {
        const string message =
            "The size of tensor a (3) must match the size of tensor b (4)\nException raised from infer_size_impl at "
                + "ExpandUtils.cpp:35 (most recent call first):\nframe #0: c10::Error::Error";
        Shim.WithoutStack(message).ShouldBe("The size of tensor a (3) must match the size of tensor b (4)");
        Shim.WithoutStack("connection closed\nframe #0: x").ShouldBe("connection closed");
        Shim.WithoutStack("short and useful").ShouldBe("short and useful");
    }

    [SkippableFact]
    public void AMissingDeviceIsOneLine()
    {
        Skip.IfNot(TorchRuntime.IsAvailable(out string reason), reason);
        TorchRuntime.Require(Device.Cpu);
        Skip.If(TorchRuntime.DeviceCount(DeviceKind.Cuda) > 0, "there is a GPU");

        string message = Should.Throw<TorchException>(() => TorchRuntime.Require(Device.Cuda(0))).Message;

        message.ShouldStartWith("device cuda:0 cannot be used: libtorch ");
        message.ShouldContain("RFDETR_LIBTORCH");
        message.ShouldNotContain("\n");
        message.Length.ShouldBeLessThan(250);
    }
}
