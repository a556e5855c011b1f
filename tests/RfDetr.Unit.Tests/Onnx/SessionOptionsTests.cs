using RfDetr.Onnx;
using RfDetr.OnnxRuntime;

namespace RfDetr.Tests.Onnx;

public sealed class SessionOptionsTests
{
    [Fact]
    public void All_violations_are_in_one_message()
    {
        var options = new OnnxSessionOptions
        {
            IntraOpThreads = -1,
            InterOpThreads = 0,
            Optimization = (GraphOptimization)5,
            FreeDimensions = new Dictionary<string, long> { ["batch"] = 0 },
        };
        string message = Should.Throw<ArgumentException>(options.Validate).Message;
        message.ShouldContain("IntraOpThreads is -1");
        message.ShouldContain("InterOpThreads is 0");
        message.ShouldContain("Optimization is 5");
        message.ShouldContain("'batch' is 0");
        Should.NotThrow(new OnnxSessionOptions().Validate);
    }

    [Fact]
    public void Providers_are_read_from_text()
    {
        ExecutionProvider.Parse("CUDA").ShouldBe(new ExecutionProvider("CUDA"), new NameOnly());
        ExecutionProvider cuda = ExecutionProvider.Parse("cuda: device_id=1, gpu_mem_limit=5");
        cuda.Name.ShouldBe("cuda");
        cuda.Options.ShouldBe(new Dictionary<string, string> { ["device_id"] = "1", ["gpu_mem_limit"] = "5" });
        Should.Throw<ArgumentException>(() => ExecutionProvider.Parse("cuda:device_id")).Message.ShouldContain("key=value");
        Should.Throw<ArgumentException>(() => ExecutionProvider.Parse(":a=b"));
        Should.Throw<ArgumentException>(() => ExecutionProvider.Parse(" "));
    }

    [Theory]
    [InlineData("cpu", "CPUExecutionProvider")]
    [InlineData("TRT", "TensorrtExecutionProvider")]
    [InlineData("directml", "DmlExecutionProvider")]
    [InlineData("cudaexecutionprovider", "CUDAExecutionProvider")]
    [InlineData("Fancy", "FancyExecutionProvider")]
    public void Short_and_full_names_find_the_provider(string name, string full) =>
        ProviderTable.Find(
            name,
            [
                "TensorrtExecutionProvider", "CUDAExecutionProvider", "DmlExecutionProvider", "FancyExecutionProvider",
                "CPUExecutionProvider"
            ])
            .FullName.ShouldBe(full);

    [Fact]
    public void A_missing_provider_names_those_that_are_there_and_the_cure()
    {
        var e = Should.Throw<OnnxRuntimeException>(() => ProviderTable.Find("cuda", ["CPUExecutionProvider"]));
        e.Code.ShouldBe(OnnxErrorCode.ProviderNotAvailable);
        e.Message.ShouldStartWith("provider 'cuda' is not in this onnxruntime build (available: CPUExecutionProvider)");
        e.Message.ShouldContain("RFDETR_ONNXRUNTIME");
        Should.Throw<OnnxRuntimeException>(() => ProviderTable.Find("tpu", ["CPUExecutionProvider"]));
    }

    [Fact]
    public void The_default_thread_count_respects_the_machine() =>
        ProcessorCores.Physical.ShouldBeInRange(1, Environment.ProcessorCount);

    private sealed class NameOnly : IEqualityComparer<ExecutionProvider>
    {
        public bool Equals(ExecutionProvider? x, ExecutionProvider? y) =>
            x?.Name == y?.Name && x?.Options.Count == y?.Options.Count;

        public int GetHashCode(ExecutionProvider obj) => 0;
    }
}
