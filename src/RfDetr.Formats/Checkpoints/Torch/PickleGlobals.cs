using System.Text;

namespace RfDetr.Checkpoints;

/// <summary>A Python name that a pickle may mention, with what calling it means here.</summary>
internal record PickleGlobal(string Name, Func<object?[], PickleContext, object?> Call);

/// <summary>The facts that a constructor may know and the budget that it may spend.</summary>
/// <param name="File">The file, for messages and tensors.</param>
/// <param name="Budget">Budget that the pickle has left; charged before anything is copied.</param>
internal sealed record PickleContext(FileBytes File, ReadBudget Budget)
{
    /// <summary>The name of the file in messages.</summary>
    public string Name => File.Name;
}

/// <summary>A storage class, as it stands in references to storages.</summary>
internal sealed record StorageGlobal(string Name, StorageKind Kind)
    : PickleGlobal(
        Name,
        (_, file) =>
            throw new CheckpointFormatException(
                $"{file.Name}: the pickle builds a '{Name}' by itself; refused, nothing was executed"));

/// <summary>
/// The names that are allowed, all of them harmless: tensors, containers, plain attribute objects, paths, numbers.
/// </summary>
/// <remarks>
/// What PyTorch's <c>weights_only</c> loading allows, plus attribute maps and NumPy scalars that training loops leave behind.
/// </remarks>
internal static class PickleGlobals
{
    private static readonly string[] s_builtinModules = ["builtins", "__builtin__"];
    private static readonly string[] s_numpyModules = ["numpy.core.multiarray", "numpy._core.multiarray"];
    private static readonly Dictionary<string, object> s_known = Build();

    /// <summary>Finds what a name stands for: a <see cref="PickleGlobal"/>, or a plain value (dtypes are strings).</summary>
    /// <exception cref="CheckpointFormatException">It is not in the list.</exception>
    public static object Find(string module, string name, string fileName)
    {
        if (s_known.TryGetValue($"{module}.{name}", out object? known))
            return known;
        string full = Printable($"{module}.{name}");
        string cure = module.StartsWith("torch.nn.", StringComparison.Ordinal)
            || module.StartsWith("rfdetr.", StringComparison.Ordinal)
            ? "a whole Python object was pickled; save its state_dict() and plain arguments instead"
            : "if you trust the file, load it in Python and save its state_dict() again";
        throw new CheckpointFormatException(
            $"{fileName}: the checkpoint wants to call '{full}', which is not among the harmless names; refused, nothing "
                + $"was executed ({cure})");
    }

    /// <summary>
    /// Applies a state to an object (opcode BUILD): attributes of namespaces are kept, those of containers are not.
    /// </summary>
    public static void Build(object? target, object? state, PickleContext file)
    {
        switch (target)
        {
            case PlainMap { TypeName: "argparse.Namespace" or "types.SimpleNamespace" } map when state is PlainMap attributes:
                file.Budget.Values(attributes.Count);
                foreach ((object key, object? value) in attributes)
                    map.Set(key, value);
                break;
            case PlainMap { TypeName: NumpyValues.DTypeName or NumpyValues.ArrayName } map when state is object?[] parts:
                NumpyValues.Build(map, parts, file);
                break;
            case PlainMap when state is null or PlainMap or Array:
                break;
            default:
                throw new CheckpointFormatException(
                    $"{file.Name}: the pickle sets attributes of a value that has none; it is damaged");
        }
    }

    private static Dictionary<string, object> Build()
    {
        var known = new Dictionary<string, object>();
        void Add(string name, Func<object?[], PickleContext, object?> call) => known[name] = new PickleGlobal(name, call);

        foreach (string map in (string[])[
            "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "argparse.Namespace",
            "types.SimpleNamespace",
            "builtins.dict", "__builtin__.dict",
            "lightning_fabric.utilities.data.AttributeDict", "lightning.fabric.utilities.data.AttributeDict",
            "pytorch_lightning.utilities.parsing.AttributeDict", "lightning.pytorch.utilities.parsing.AttributeDict"])
            Add(map, (arguments, file) => PickleCalls.Map(map, arguments, file));
        foreach (string builtins in s_builtinModules)
        {
            foreach (string list in (string[])["set", "frozenset", "list"])
                Add($"{builtins}.{list}", PickleCalls.List);
            Add($"{builtins}.tuple", (arguments, file) => PickleCalls.List(arguments, file).ToArray());
            foreach (string scalar in (string[])["int", "float", "bool", "str", "long"])
                Add($"{builtins}.{scalar}", PickleCalls.Scalar);
            Add($"{builtins}.object", PickleCalls.Refuse);
        }

        foreach (string path in (string[])["PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath", "Path", "PurePath"])
        {
            Add($"pathlib.{path}", PickleCalls.JoinPath);
            Add($"pathlib._local.{path}", PickleCalls.JoinPath);
        }

        Add("torch.Size", (arguments, file) => PickleCalls.List(arguments, file).ToArray());
        Add("torch.device", PickleCalls.Device);
        Add("torch._utils._rebuild_tensor", TensorCalls.Rebuild);
        Add("torch._utils._rebuild_tensor_v2", TensorCalls.Rebuild);
        Add("torch._utils._rebuild_tensor_v3", TensorCalls.RebuildTyped);
        Add("torch._utils._rebuild_parameter", TensorCalls.Parameter);
        Add("torch._utils._rebuild_parameter_with_state", TensorCalls.Parameter);
        Add("_codecs.encode", PickleCalls.Encode);
        Add("copyreg._reconstructor", PickleCalls.Reconstruct);
        Add("copy_reg._reconstructor", PickleCalls.Reconstruct);
        foreach (string numpy in s_numpyModules)
        {
            Add($"{numpy}.scalar", NumpyValues.Scalar);
            Add($"{numpy}._reconstruct", NumpyValues.Array);
        }

        Add("numpy.core.numeric._frombuffer", NumpyValues.FromBuffer);
        Add("numpy._core.numeric._frombuffer", NumpyValues.FromBuffer);
        Add("numpy.dtype", NumpyValues.DType);
        Add("numpy.ndarray", PickleCalls.Refuse);
        foreach (string storage in StorageKind.StorageNames)
        {
            foreach (string module in (string[])["torch", "torch.storage", "torch.cuda"])
                known[$"{module}.{storage}"] = new StorageGlobal($"{module}.{storage}", StorageKind.OfStorage(storage)!);
        }

        foreach (string dtype in StorageKind.DTypeNames)
            known[$"torch.{dtype}"] = $"torch.{dtype}";
        return known;
    }

    /// <summary>Names come from the file and go to terminals: no control characters, bounded length.</summary>
    private static string Printable(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, 120)))
            text.Append(char.IsControl(c) ? '?' : c);
        return name.Length > 120 ? text.Append('…').ToString() : text.ToString();
    }
}
