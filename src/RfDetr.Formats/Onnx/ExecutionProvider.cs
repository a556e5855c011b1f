namespace RfDetr.Onnx;

/// <summary>An execution provider (the hardware back end of ONNX Runtime) and its options.</summary>
/// <param name="Name">
/// <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>, <c>directml</c>, <c>coreml</c>, <c>openvino</c>, <c>migraphx</c>, <c>rocm</c>,
/// <c>qnn</c>, <c>xnnpack</c>, <c>webgpu</c>, …, or ONNX Runtime's full name such as <c>CUDAExecutionProvider</c>; case does not
/// matter.
/// </param>
public sealed record ExecutionProvider(string Name)
{
    /// <summary>The provider's own options, e.g. <c>device_id</c>; see ONNX Runtime's documentation of the provider.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads <c>name</c> or <c>name:key=value,key=value</c>, e.g. <c>cuda:device_id=1</c>.</summary>
    /// <exception cref="ArgumentException">The text has another form.</exception>
    public static ExecutionProvider Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = (colon < 0 ? text : text[..colon]).Trim();
        if (name.Length == 0)
            throw new ArgumentException($"execution provider '{text}' has no name before ':'", nameof(text));
        if (colon < 0)
            return new ExecutionProvider(name);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in text[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == part.Length - 1)
                throw new ArgumentException(
                    $"option '{part}' of execution provider '{name}' is not of the form key=value", nameof(text));
            options[part[..equals].Trim()] = part[(equals + 1)..].Trim();
        }

        return new ExecutionProvider(name) { Options = options };
    }
}
