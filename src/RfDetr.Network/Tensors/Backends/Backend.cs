namespace RfDetr.Tensors;

/// <summary>
/// Executes operations: computes numbers, records a graph, or follows shapes. The network is written once against this class.
/// Every back end passes the same conformance suite.
/// </summary>
internal abstract class Backend
{
    /// <summary>
    /// Applies an operation: infers the result's type, writes derived operations out where the back end has no kernel of its own.
    /// </summary>
    /// <exception cref="ShapeException">The inputs do not fit the operation.</exception>
    public Tensor Apply(Op op, params ReadOnlySpan<Tensor> inputs)
    {
        var types = new TensorType[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Backend != this)
                throw new ArgumentException(
                    $"{op.Name}: input {i} lives on another back end ({inputs[i].Backend.GetType().Name})");
            types[i] = inputs[i].Type;
        }

        TensorType result = op.Infer(types);
        return op is DerivedOp derived && !Supports(derived) ? derived.Decompose(inputs) : Execute(op, inputs, result);
    }

    /// <summary>A learned tensor by its checkpoint name.</summary>
    public abstract Tensor Parameter(string name, HostTensor data);

    /// <summary>A fixed tensor that the network computes with.</summary>
    public abstract Tensor Constant(HostTensor data);

    /// <summary>A fixed number.</summary>
    public Tensor Scalar(float value) => Constant(HostTensor.Of([value]));

    /// <summary>
    /// True if the back end has a kernel for this derived operation; it must then pass the conformance tests of that operation.
    /// </summary>
    public virtual bool Supports(DerivedOp op) => false;

    /// <summary>Called for each named stage; the default keeps nothing.</summary>
    public virtual Tensor Tap(string stage, Tensor value) => value;

    /// <summary>
    /// Runs a part of the network whose values inside are not needed by others (an encoder block, a decoder layer). The default
    /// just runs it; a back end may release what was made inside, or compute it a second time later instead of keeping it.
    /// </summary>
    /// <param name="body">A pure function of <paramref name="inputs"/> and of learned tensors.</param>
    /// <param name="inputs">All values that are not learned or fixed.</param>
    public virtual Tensor Segment(Func<Tensor[], Tensor> body, params Tensor[] inputs) => body(inputs);

    /// <summary>
    /// The value that a residual block adds to its input. The default adds it as it is; a back end may leave it out for some
    /// images at random (stochastic depth, arXiv 1603.09382).
    /// </summary>
    /// <param name="value">[B·k, …], the images' rows together.</param>
    /// <param name="depth">0 for the first block, 1 for the last.</param>
    public virtual Tensor Branch(Tensor value, float depth) => value;

    /// <summary>
    /// The same value without its history: where the reference stops gradients. The default returns it as it is; a back end that
    /// records gradients must cut it off.
    /// </summary>
    public virtual Tensor Detach(Tensor value) => value;

    /// <summary>Executes an operation whose result has the inferred <paramref name="result"/> type.</summary>
    protected abstract Tensor Execute(Op op, ReadOnlySpan<Tensor> inputs, TensorType result);
}
