using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Tensors between libtorch and files.</summary>
internal static class HostCopies
{
    /// <summary>A copy in host memory, float32.</summary>
    public static HostTensor Of(TorchTensor tensor)
    {
        using var scope = new TorchScope();
        TorchTensor plain = tensor.Detach().To(ScalarType.Float32).To(Device.Cpu).Contiguous();
        return HostTensor.Of(plain.ToArray<float>(), [.. plain.Shape.Select(size => checked((int)size))]);
    }

    /// <summary>Copies of named tensors, in their order.</summary>
    public static NamedTensors Of(IEnumerable<(string Name, TorchTensor Value)> tensors) =>
        new(tensors.Select(t => (t.Name, Of(t.Value))));

    /// <summary>Overwrites <paramref name="target"/> with what a file holds.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Fill(TorchTensor target, HostTensor source, string name)
    {
        if (!target.Shape.Select(s => (int)s).SequenceEqual(source.Shape))
            throw new ArgumentException(
                $"'{name}' has shape [{string.Join(", ", source.Shape)}] in the file, "
                    + $"[{string.Join(", ", target.Shape)}] in the network");
        using var scope = new TorchScope();
        using GradMode guard = TorchRuntime.NoGrad();
        _ = target.Copy_(TorchTensor.From(source.ToSingles(), [.. source.Shape.Select(s => (long)s)]));
    }
}
