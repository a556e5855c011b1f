namespace RfDetr;

/// <summary>
/// For each output position along one axis the two input positions and weights of PyTorch's bilinear upsampling
/// (<c>align_corners = false</c>): <c>source = scale · (output + 0.5) − 0.5</c>, not below 0.
/// </summary>
/// <remarks>
/// Bit-exact with torch 1.13 on x86 (goldens, <c>mask.upsampled</c>): the scale is rounded to float32, the source position
/// is not, the weights are again.
/// </remarks>
internal sealed class BilinearAxis
{
    private readonly int[] _lower;
    private readonly float[] _upperWeight;
    private readonly int[] _firstOutput;

    public BilinearAxis(int inputs, int outputs)
    {
        Inputs = inputs;
        Outputs = outputs;
        _lower = new int[outputs];
        _upperWeight = new float[outputs];
        _firstOutput = new int[inputs + 1];
        int reached = 0;
        for (int i = 0; i < outputs; i++)
        {
            (int lower, float upperWeight) = AxisTaps.HalfPixel(inputs, outputs, i);
            _lower[i] = lower;
            _upperWeight[i] = upperWeight;
            while (reached < lower)
                _firstOutput[++reached] = i;
        }

        while (reached < inputs)
            _firstOutput[++reached] = outputs;
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>The input position at or before the source of <paramref name="output"/>.</summary>
    public int Lower(int output) => _lower[output];

    /// <summary>The next input position, or the last one again at the end.</summary>
    public int Upper(int output) => Math.Min(_lower[output] + 1, Inputs - 1);

    /// <summary>Weight of <see cref="Upper"/>; the other one is <c>1 −</c> this.</summary>
    public float UpperWeight(int output) => _upperWeight[output];

    /// <summary>The first output whose lower position is at least <paramref name="input"/> (0 .. <see cref="Inputs"/>).</summary>
    public int FirstOutput(int input) => _firstOutput[input];

    /// <summary>The value at <paramref name="output"/> between the values at its two input positions.</summary>
    public float Interpolate(float lower, float upper, int output)
    {
        float weight = _upperWeight[output];
        return MathF.FusedMultiplyAdd(lower, 1 - weight, upper * weight);
    }
}
