using System.Globalization;

namespace RfDetr.Tensors;

/// <summary>
/// A place in a checkpoint's tree of names: <c>weights / "encoder" / "layer" / 0</c>. Modules ask it for their tensors by name
/// and shape while they are built; <see cref="Complete"/> then reports everything that did not fit in one error.
/// </summary>
internal sealed class Weights
{
    private const int Listed = 8;
    private readonly Session _session;

    /// <summary>The root of a source's names, to be loaded onto a back end.</summary>
    public Weights(IWeightSource source, Backend backend)
        : this(new Session(source, null, backend), "")
    {
    }

    /// <summary>The root of a tree of names whose tensors are made as they are asked for.</summary>
    public Weights(IWeightInitializer initializer, Backend backend)
        : this(new Session(null, initializer, backend), "")
    {
    }

    private Weights(Session session, string path) => (_session, Path) = (session, path);

    /// <summary>Full name so far, e.g. <c>transformer.decoder.layers.0</c>; empty at the root.</summary>
    public string Path { get; }

    /// <summary>Back end that the tensors go to.</summary>
    public Backend Backend => _session.Backend;

    /// <summary>A name below this one.</summary>
    public static Weights operator /(Weights weights, string name) => new(weights._session, Join(weights.Path, name));

    /// <summary>A numbered entry below this one.</summary>
    public static Weights operator /(Weights weights, int index) => weights / index.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Loads the tensor <paramref name="name"/> of exactly this shape; problems are collected for <see cref="Complete"/>.
    /// </summary>
    public Tensor Get(string name, params ReadOnlySpan<int> shape)
    {
        string full = Join(Path, name);
        _ = _session.Asked.Add(full);
        if (_session.Find(full, shape) is not { } data)
        {
            if (_session.Source is not null)
                _session.Missing.Add(full);
        }
        else if (!shape.SequenceEqual([.. data.Shape]))
        {
            _session.Misshaped.Add(
                $"weight '{full}' has shape [{string.Join(", ", data.Shape)}], expected [{string.Join(", ", shape.ToArray())}]");
        }
        else if (!data.DType.IsFloat())
        {
            _session.Misshaped.Add($"weight '{full}' holds {data.DType} values, expected floating-point ones");
        }
        else
        {
            return Backend.Parameter(full, data);
        }

        return new Placeholder(Backend, TensorType.Float(Shape.Of(shape.ToArray())));
    }

    /// <summary>Says that a tensor is known and not used (it may be absent).</summary>
    public void Ignore(string name) => _session.Asked.Add(Join(Path, name));

    /// <summary>
    /// Names that the source has beside the network's own, after <see cref="Complete"/>: losses, metrics, counters of profilers.
    /// They were not loaded, and whoever loads the network should say so.
    /// </summary>
    public IReadOnlyList<string> Strangers => _session.Strangers;

    /// <summary>Ends loading: throws one error that lists all missing, mis-shaped and unexpected tensors.</summary>
    /// <remarks>
    /// Where nothing is missing, tensors that only stand beside the network's own are <see cref="Strangers"/> and no error. One
    /// more layer of a kind that the network has (<c>layers.6</c> beside <c>layers.0</c> to <c>layers.5</c>) means a larger
    /// network and remains an error.
    /// </remarks>
    /// <param name="expected">
    /// Description of the network that was being built, for the message, e.g. <c>variant 'nano'</c>.
    /// </param>
    /// <exception cref="WeightsException">Anything did not fit.</exception>
    public void Complete(string expected)
    {
        string[] unexpected = [.. (_session.Source?.Names ?? []).Where(n => IsBelow(n) && !_session.Asked.Contains(n))];
        if (_session.Missing.Count + _session.Misshaped.Count == 0 && unexpected.Length > 0)
        {
            var kinds = _session.Asked.Select(Kind).ToHashSet(StringComparer.Ordinal);
            _session.Strangers.AddRange(unexpected.Where(n => !kinds.Contains(Kind(n))));
            unexpected = [.. unexpected.Where(n => kinds.Contains(Kind(n)))];
        }

        if (_session.Missing.Count + _session.Misshaped.Count + unexpected.Length == 0)
            return;
        throw new WeightsException(string.Join(
            Environment.NewLine,
            new[]
            {
                $"the weights do not fit {expected}:", List("mis-shaped", _session.Misshaped), List("missing", _session.Missing),
                List("unexpected", unexpected)
            }
                .Where(line => line.Length > 0)));
    }

    /// <summary>A name without its numbers.</summary>
    private static string Kind(string name) =>
        string.Join('.', name.Split('.').Select(part => part.All(char.IsAsciiDigit) ? "#" : part));

    private bool IsBelow(string name) =>
        Path.Length == 0
            || (name.StartsWith(Path, StringComparison.Ordinal) && name.Length > Path.Length && name[Path.Length] == '.');

    private static string List(string kind, IReadOnlyCollection<string> names) => names.Count == 0 ? "" :
        $"  {names.Count} {kind}: {string.Join("; ", names.Take(Listed))}{(names.Count > Listed ? "; …" : "")}";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private sealed record Session(IWeightSource? Source, IWeightInitializer? Initializer, Backend Backend)
    {
        public HashSet<string> Asked { get; } = [];

        public List<string> Missing { get; } = [];

        public List<string> Strangers { get; } = [];

        public List<string> Misshaped { get; } = [];

        public HostTensor? Find(string name, ReadOnlySpan<int> shape) =>
            Initializer is not null ? Initializer.Create(name, shape) : Source!.TryGet(name, out HostTensor? data) ? data : null;
    }

    /// <summary>Stands for a tensor that could not be loaded until <see cref="Complete"/> throws.</summary>
    private sealed class Placeholder(Backend backend, TensorType type) : Tensor(backend, type);
}

/// <summary>
/// A file's tensors are not those of the network: the message lists the missing, the unexpected and the mis-shaped ones.
/// </summary>
public sealed class WeightsException(string message) : RfDetrException(message);
