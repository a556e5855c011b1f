using System.Numerics;
using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>Checks what came out of a network.</summary>
internal static class FiniteValues
{
    /// <summary>True if no value is infinite or NaN.</summary>
    public static bool All(ReadOnlySpan<float> values)
    {
        // x − x is 0 for what is finite and NaN for the rest, and a sum with NaN stays NaN.
        Vector<float> sum = Vector<float>.Zero;
        ReadOnlySpan<Vector<float>> blocks = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (Vector<float> block in blocks)
            sum += block - block;
        float rest = Vector.Sum(sum);
        foreach (float value in values[(blocks.Length * Vector<float>.Count)..])
            rest += value - value;
        return rest == 0;
    }
}

/// <summary>A network gave values that are no numbers: broken weights, or a precision that overflows.</summary>
public sealed class NetworkOutputException : RfDetrException
{
    internal NetworkOutputException(string output)
        : base(
            $"the network's output '{output}' has values that are not finite (NaN or infinity); the weights are damaged, "
                + $"or the precision overflows: "
            + "try the model in single precision") => Output = output;

    /// <summary>The output, see <see cref="OutputNames"/>.</summary>
    public string Output { get; }
}
