using System.Globalization;

namespace RfDetr.Torch;

/// <summary>Kinds of devices; the numbers are libtorch's.</summary>
public enum DeviceKind
{
    /// <summary>The processor.</summary>
    Cpu = 0,

    /// <summary>A GPU of NVIDIA, or of AMD with a ROCm build of libtorch.</summary>
    Cuda = 1,

    /// <summary>A GPU of Apple.</summary>
    Mps = 13,
}

/// <summary>Device on which a tensor lies; the default is the CPU.</summary>
/// <param name="Kind">Kind of device.</param>
/// <param name="Index">From 0; −1 for the current one.</param>
public readonly record struct Device(DeviceKind Kind, int Index)
{
    /// <summary>The processor.</summary>
    public static Device Cpu => default;

    /// <summary>A GPU by its number.</summary>
    public static Device Cuda(int index = 0) => new(DeviceKind.Cuda, index);

    /// <summary>True for the processor.</summary>
    public bool IsCpu => Kind == DeviceKind.Cpu;

    /// <summary>Reads <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c> or <c>mps</c>.</summary>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static Device Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        bool known = Enum.TryParse(parts[0], ignoreCase: true, out DeviceKind kind)
            && Enum.IsDefined(kind) && !char.IsAsciiDigit(parts[0].FirstOrDefault());
        int index = 0;
        bool numbered = parts.Length == 1
            || (
                parts.Length == 2
                    && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < 128);
        return known && numbered && (kind != DeviceKind.Cpu || index == 0)
            ? new(kind, index)
            : throw new ArgumentException($"device '{text}' is none of cpu, cuda, cuda:N, mps", nameof(text));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Kind == DeviceKind.Cpu
            ? "cpu"
            : string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}:{Index}");

    // The CPU is "cpu" without a number to libtorch.
    internal long Packed => (long)Kind | (long)((Kind == DeviceKind.Cpu ? -1 : Index) + 1) << 8;
}
