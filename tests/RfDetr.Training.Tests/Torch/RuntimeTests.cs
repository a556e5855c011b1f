using RfDetr.Torch;

namespace RfDetr.Tests.Torch;

/// <summary>Settings, random numbers, mixed precision, devices.</summary>
[Collection(nameof(OneAtATime))]
public sealed class RuntimeTests
{
    [Fact]
    public void It_says_what_it_is()
    {
        TorchRuntime.IsAvailable(out string reason).ShouldBeTrue(reason);
        TorchRuntime.Version.ShouldBeGreaterThanOrEqualTo(new Version(1, 13));
        TorchRuntime.BuildConfiguration.ShouldContain("PyTorch built with");
        Environment.GetEnvironmentVariable("PATH").ShouldNotBeNull();
    }

    [Fact]
    public void Threads_can_be_set()
    {
        int before = TorchRuntime.Threads;
        before.ShouldBe(TorchRuntime.PhysicalCores);
        TorchRuntime.Threads = 1;
        TorchRuntime.Threads.ShouldBe(1);
        TorchRuntime.Threads = before;
        Should.Throw<ArgumentOutOfRangeException>(() => TorchRuntime.Threads = 0);
    }

    [Fact]
    public void Random_numbers_repeat_from_a_seed_and_from_a_state()
    {
        using var scope = new TorchScope();
        TorchRuntime.ManualSeed(3);
        float[] first = TorchTensor.Rand([4]).ToArray<float>();
        byte[] state = TorchRuntime.GeneratorState();
        float[] second = TorchTensor.Randn([40]).ToArray<float>();

        TorchRuntime.SetGeneratorState(state);
        TorchTensor.Randn([40]).ToArray<float>().ShouldBe(second);
        TorchRuntime.ManualSeed(3);
        TorchTensor.Rand([4]).ToArray<float>().ShouldBe(first);
        // The reference's generator: torch.manual_seed(3); torch.rand(4).
        first[0].ShouldBe(0.0042635202f, 1e-9f);
        Should.Throw<TorchException>(() => TorchRuntime.SetGeneratorState(new byte[3]));
    }

    [Fact]
    public void Mixed_precision_is_for_products_and_ends_with_its_guard()
    {
        using var scope = new TorchScope();
        TorchTensor x = TorchTensor.Ones([2, 4]), w = TorchTensor.Ones([4, 4]);
        using (TorchRuntime.Autocast(ScalarType.BFloat16))
        {
            x.MatMul(w).ScalarType.ShouldBe(ScalarType.BFloat16);
            x.Linear(w).ScalarType.ShouldBe(ScalarType.BFloat16);
            using (TorchRuntime.Autocast(ScalarType.Float32))
                x.MatMul(w).ScalarType.ShouldBe(ScalarType.Float32);
            x.MatMul(w).ScalarType.ShouldBe(ScalarType.BFloat16);
        }

        x.MatMul(w).ScalarType.ShouldBe(ScalarType.Float32);
        Should.Throw<ArgumentException>(() => TorchRuntime.Autocast(ScalarType.Int64).Dispose());
    }

    [Fact]
    [Trait("Duration", "Long")]
    public void The_network_runs_in_mixed_precision_near_its_full_one()
    {
        using var network = new SmallNetwork(new());
        using var scope = new TorchScope();
        double full = network.Forward(2).Item(), mixed = network.Forward(2, ScalarType.BFloat16).Item();

        mixed.ShouldNotBe(full);
        mixed.ShouldBe(full, 0.02 * Math.Abs(full));
    }

    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("cuda", "cuda:0")]
    [InlineData("CUDA:3", "cuda:3")]
    [InlineData("mps", "mps:0")]
    public void Devices_are_read(string text, string expected) => Device.Parse(text).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("cpu:1")]
    [InlineData("1")]
    public void Other_words_are_no_devices(string text) =>
        Should.Throw<ArgumentException>(() => Device.Parse(text)).Message.ShouldContain("none of cpu, cuda");

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() =>
            new TorchBackend(new() { DropPathRate = 1 })).Message.ShouldContain("below 1");
        Should.Throw<ArgumentException>(() =>
            new TorchBackend(new() { Precision = ScalarType.BFloat16 })).Message.ShouldContain("autocast");
    }
}
