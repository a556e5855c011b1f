using System.Numerics;

namespace RfDetr.Training;

/// <summary>Constants of one tensor's AdamW step.</summary>
/// <param name="GradientScale">Factor on the gradient (clipping, loss scale).</param>
/// <param name="Keep">1 − learning rate · weight decay.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="RootCorrection">√(1 − β2^step).</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="StepSize">Learning rate / (1 − β1^step).</param>
internal readonly record struct AdamWConstants(
    double GradientScale, double Keep, double Beta1, double Beta2, double RootCorrection, double Epsilon, double StepSize);

/// <summary>
/// AdamW on the host in one pass over memory instead of the eight that a list of operators makes; memory is what such a step
/// costs. Element by
/// element, so the result does not depend on how work is divided.
/// </summary>
internal static class AdamWKernel
{
    /// <summary>Elements that one thread takes at a time: small enough to balance, large enough to be worth it.</summary>
    public const int Chunk = 1 << 15;

    /// <summary>Updates parameters and moments in place.</summary>
    public static void Step<T>(
        Span<T> parameters, ReadOnlySpan<T> gradients, Span<T> firstMoments, Span<T> secondMoments, in AdamWConstants c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (T scale, T keep, T beta1, T beta2) =
            (T.CreateChecked(c.GradientScale), T.CreateChecked(c.Keep), T.CreateChecked(c.Beta1), T.CreateChecked(c.Beta2));
        (T rest1, T rest2) = (T.CreateChecked(1 - c.Beta1), T.CreateChecked(1 - c.Beta2));
        (T root, T epsilon, T size) =
            (T.CreateChecked(c.RootCorrection), T.CreateChecked(c.Epsilon), T.CreateChecked(c.StepSize));
        int i = 0, width = Vector<T>.Count;
        for (; i <= parameters.Length - width; i += width)
        {
            Vector<T> g = new Vector<T>(gradients[i..]) * scale;
            Vector<T> m = new Vector<T>(firstMoments[i..]) * beta1 + g * rest1;
            Vector<T> v = new Vector<T>(secondMoments[i..]) * beta2 + g * g * rest2;
            Vector<T> p = new Vector<T>(parameters[i..]) * keep - m / (
                Vector.SquareRoot(v) / new Vector<T>(root) + new Vector<T>(epsilon)) * size;
            m.CopyTo(firstMoments[i..]);
            v.CopyTo(secondMoments[i..]);
            p.CopyTo(parameters[i..]);
        }

        for (; i < parameters.Length; i++)
        {
            T g = gradients[i] * scale;
            firstMoments[i] = firstMoments[i] * beta1 + g * rest1;
            secondMoments[i] = secondMoments[i] * beta2 + g * g * rest2;
            parameters[i] = parameters[i] * keep - firstMoments[i] / (T.Sqrt(secondMoments[i]) / root + epsilon) * size;
        }
    }
}
