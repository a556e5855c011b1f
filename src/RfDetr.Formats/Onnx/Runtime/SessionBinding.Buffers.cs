namespace RfDetr.Onnx;

/// <summary>Binding of buffers, ours or the caller's.</summary>
public sealed unsafe partial class SessionBinding
{
    /// <summary>Binds an input to a new buffer of the given shape (zeroed, aligned to 64 bytes), replacing an earlier one.</summary>
    /// <param name="name">Input name.</param>
    /// <param name="shape">Dimensions; must fit the declared shape.</param>
    /// <exception cref="ArgumentException">No such input, or the shape does not fit.</exception>
    public BoundTensor BindInput(string name, params ReadOnlySpan<long> shape) =>
        Bind(isInput: true, name, shape, null, 0);

    /// <summary>Binds an output to a new buffer of the given shape, which the run's result must have.</summary>
    /// <inheritdoc cref="BindInput(string, ReadOnlySpan{long})" path="/param"/>
    /// <exception cref="ArgumentException">No such output, or the shape does not fit.</exception>
    public BoundTensor BindOutput(string name, params ReadOnlySpan<long> shape) =>
        Bind(isInput: false, name, shape, null, 0);

    /// <summary>Binds an input to the caller's memory, which must stay in place while the binding lives or until the name is bound again.</summary>
    /// <param name="name">Input name.</param>
    /// <param name="data">First element: native or pinned memory.</param>
    /// <param name="bytes">Size of the memory in bytes, at least that of the tensor.</param>
    /// <param name="shape">Dimensions; must fit the declared shape.</param>
    /// <exception cref="ArgumentException">No such input, the shape does not fit, or the memory is too small.</exception>
    public BoundTensor BindInputMemory(string name, nint data, long bytes, params ReadOnlySpan<long> shape) =>
        Bind(isInput: true, name, shape, (void*)data, bytes);

    /// <summary>Binds an output to the caller's memory.</summary>
    /// <inheritdoc cref="BindInputMemory" path="/param"/>
    /// <exception cref="ArgumentException">No such output, the shape does not fit, or the memory is too small.</exception>
    public BoundTensor BindOutputMemory(string name, nint data, long bytes, params ReadOnlySpan<long> shape) =>
        Bind(isInput: false, name, shape, (void*)data, bytes);

    /// <summary>Unbinds an output from its buffer: the runtime allocates it in each run, in host memory that is valid until the next one.</summary>
    /// <exception cref="ArgumentException">No such output.</exception>
    public BoundTensor BindVariableOutput(string name)
    {
        Enter();
        try
        {
            int index = Index(_session.Outputs, name, "output");
            Release(_outputs[index]);
            _outputs[index] = NewVariable(index);
            return _outputs[index];
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private BoundTensor NewVariable(int output)
    {
        var tensor = new BoundTensor(_session.Outputs[output]) { IsVariable = true };
        tensor.SetUnknown();
        return tensor;
    }

    private BoundTensor Bind(bool isInput, string name, ReadOnlySpan<long> shape, void* data, long bytes)
    {
        string kind = isInput ? "input" : "output";
        IReadOnlyList<OnnxValueInfo> infos = isInput ? _session.Inputs : _session.Outputs;
        Enter();
        try
        {
            int index = Index(infos, name, kind);
            OnnxValueInfo info = infos[index];
            if (shape.Length > ShapeCheck.MaxRank || !ShapeCheck.Fits(info, shape))
                throw new ArgumentException(ShapeCheck.Message(kind, info, shape), nameof(shape));
            long needed = ShapeCheck.SizeInBytes(info, kind, shape);
            if (data is not null && bytes < needed)
                throw new ArgumentException($"{kind} '{name}' of shape [{string.Join(", ", shape.ToArray())}] takes {needed} bytes, the memory has {bytes}", nameof(bytes));
            var tensor = new BoundTensor(info) { Buffer = data is null ? new NativeBuffer(needed) : null };
            tensor.Set(shape, data is null ? tensor.Buffer!.Pointer : data);
            try
            {
                Attach(tensor, isInput, index, needed);
            }
            catch
            {
                Release(tensor);
                throw;
            }

            Release(isInput ? _inputs[index] : _outputs[index]);
            if (isInput)
                _inputs[index] = tensor;
            else
                _outputs[index] = tensor;
            return tensor;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private void Attach(BoundTensor tensor, bool isInput, int index, long bytes)
    {
        nint value;
        fixed (long* shape = tensor.Shape)
        {
            _api.Check(
                _api.CreateTensorWithDataAsOrtValue(
                    _session.Runtime.CpuMemory, tensor.Address, (nuint)bytes, shape, (nuint)tensor.Shape.Length, (int)tensor.Info.ElementType, &value),
                $"wrap the memory of {tensor.Info}");
        }

        tensor.Value = value;
        _api.Check(
            isInput ? _api.BindInput(_binding.Value, _inputNames[index], value) : _api.BindOutput(_binding.Value, _outputNames[index], value),
            $"bind {tensor.Info}");
    }

    private void Release(BoundTensor? tensor)
    {
        if (tensor is null)
            return;
        if (tensor.Value != 0)
            _api.ReleaseValue(tensor.Value);
        tensor.Value = 0;
        tensor.Retire();
    }

    private void ReadVariableOutputs()
    {
        bool any = false;
        foreach (BoundTensor output in _outputs)
            any |= output.IsVariable;
        if (!any)
            return;

        nint* values;
        nuint count;
        nint allocator = _session.Runtime.Allocator;
        _api.Check(_api.GetBoundOutputValues(_binding.Value, allocator, &values, &count), "read the outputs");
        int taken = 0;
        try
        {
            while (taken < _outputs.Length)
            {
                nint value = values[taken];
                Take(_outputs[taken++], value);
            }
        }
        finally
        {
            for (; taken < (int)count; taken++)
                _api.ReleaseValue(values[taken]);
            _api.Check(_api.AllocatorFree(allocator, values), "release the list of outputs");
        }
    }

    /// <summary>Keeps the value of a variable output (in place of the last run's) and drops the others, which are in their buffers.</summary>
    private void Take(BoundTensor tensor, nint value)
    {
        if (!tensor.IsVariable)
        {
            _api.ReleaseValue(value);
            return;
        }

        if (tensor.Value != 0)
            _api.ReleaseValue(tensor.Value);
        tensor.Value = value;
        Span<long> shape = stackalloc long[ShapeCheck.MaxRank];
        TensorReader.Read(_api, value, tensor.Info.Name, shape, out int rank, out void* data);
        tensor.Set(shape[..rank], data);
    }
}
