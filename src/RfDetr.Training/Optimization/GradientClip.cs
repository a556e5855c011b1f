using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Clipping by the norm of all gradients together, as PyTorch's <c>clip_grad_norm_</c>.</summary>
internal static class GradientClip
{
    private const double Epsilon = 1e-6; // PyTorch's, in the quotient

    /// <summary>The norm of all gradients as if they were one vector; a scalar on their device.</summary>
    public static TorchTensor Norm(TorchTensor[] gradients)
    {
        using var scope = new TorchScope();
        return scope.Keep(gradients.Length == 0 ? TorchTensor.Zeros([]) : TorchTensor.Stack(ForEach.Norm(gradients), 0).Norm());
    }

    /// <summary>
    /// The factor that brings a norm to <paramref name="largest"/>; 1 if it is not above, or nothing is to be clipped.
    /// </summary>
    public static double Factor(double norm, double largest) => largest <= 0 ? 1 : Math.Min(1, largest / (norm + Epsilon));
}
