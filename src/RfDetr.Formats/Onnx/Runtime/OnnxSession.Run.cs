using System.Buffers;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Runs with managed tensors in and out.</summary>
public sealed unsafe partial class OnnxSession
{
    /// <summary>Runs the model once.</summary>
    /// <param name="inputs">One tensor for every input of the model, by name; read in place during the call.</param>
    /// <param name="outputs">Names of the outputs to compute; null: all.</param>
    /// <param name="cancellation">Ends the run between two operators.</param>
    /// <returns>The outputs by name; each owns its memory.</returns>
    /// <exception cref="ArgumentException">A name, element type or shape does not fit the model.</exception>
    /// <exception cref="OnnxRuntimeException">The run failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public IReadOnlyDictionary<string, HostTensor> Run(
        IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<string>? outputs = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        outputs ??= [.. Outputs.Select(output => output.Name)];
        foreach (string name in outputs)
            Find(Outputs, name, "output");
        foreach (OnnxValueInfo input in Inputs)
        {
            if (!inputs.ContainsKey(input.Name))
                throw new ArgumentException($"no tensor was given for input {input}", nameof(inputs));
        }

        cancellation.ThrowIfCancellationRequested();
        using var use = new HandleUse(Handle, nameof(OnnxSession));
        using var text = new NativeText();
        using var values = new ValueList(Runtime, inputs.Count + outputs.Count);
        var inputNames = new nint[inputs.Count];
        int at = 0;
        foreach ((string name, HostTensor tensor) in inputs)
        {
            ShapeCheck.Input(Find(Inputs, name, "input"), tensor);
            inputNames[at] = text.Utf8(name);
            values.Wrap(at++, name, tensor);
        }

        nint[] outputNames = text.Utf8(outputs);
        using var control = new RunControl(Runtime);
        nint status;
        using (control.Watch(cancellation))
        {
            fixed (nint* inputNamesAt = inputNames, outputNamesAt = outputNames, valuesAt = values.Pointers)
            {
                status = Runtime.Api.Run(
                    Handle.Value, control.Value, inputNamesAt, valuesAt, (nuint)inputs.Count, outputNamesAt, (nuint)outputs.Count, valuesAt + inputs.Count);
            }
        }

        control.Check(status, cancellation);
        var results = new Dictionary<string, HostTensor>(outputs.Count, StringComparer.Ordinal);
        for (int i = 0; i < outputs.Count; i++)
            results[outputs[i]] = TensorReader.Copy(Runtime.Api, values.Pointers[inputs.Count + i], outputs[i]);
        return results;
    }

    /// <summary>Native values of one run: wrapped inputs with their pins, and the outputs that the run created.</summary>
    private sealed class ValueList(OnnxRuntime runtime, int count) : IDisposable
    {
        private readonly MemoryHandle[] _pins = new MemoryHandle[count];

        public nint[] Pointers { get; } = new nint[count];

        public void Wrap(int at, string name, HostTensor tensor)
        {
            long* shape = stackalloc long[tensor.Shape.Count];
            for (int i = 0; i < tensor.Shape.Count; i++)
                shape[i] = tensor.Shape[i];
            _pins[at] = tensor.Bytes.Pin();
            nint value;
            runtime.Api.Check(
                runtime.Api.CreateTensorWithDataAsOrtValue(
                    runtime.CpuMemory, _pins[at].Pointer, (nuint)tensor.Bytes.Length, shape, (nuint)tensor.Shape.Count, (int)tensor.DType.ToOnnx(), &value),
                $"wrap input '{name}'");
            Pointers[at] = value;
        }

        public void Dispose()
        {
            for (int i = 0; i < Pointers.Length; i++)
            {
                if (Pointers[i] != 0)
                    runtime.Api.ReleaseValue(Pointers[i]);
                _pins[i].Dispose();
            }
        }
    }
}
