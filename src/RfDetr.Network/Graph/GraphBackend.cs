using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>
/// Records what the network does. Equal operations on equal inputs become one value (common sub-expressions), so a network may
/// ask for the same thing twice at no cost. Derived operations are recorded whole unless <c>supports</c> refuses them.
/// </summary>
internal sealed class GraphBackend(Func<DerivedOp, bool>? supports = null) : Backend
{
    private const int SmallBytes = 256;
    private readonly Dictionary<Key, OpValue> _known = [];
    private readonly Dictionary<object, ConstantValue> _constants = [];
    private readonly List<InputValue> _inputs = [];
    private readonly List<NamedValue> _taps = [];

    /// <summary>Declares an input.</summary>
    /// <exception cref="ArgumentException">There is one of that name already.</exception>
    public Tensor Input(string name, TensorType type)
    {
        if (_inputs.Exists(i => i.Name == name))
            throw new ArgumentException($"the graph already has an input '{name}'", nameof(name));
        var input = new InputValue(name, type);
        _inputs.Add(input);
        return Wrap(input);
    }

    /// <inheritdoc/>
    public override Tensor Parameter(string name, HostTensor data) => Wrap(Intern(data, name));

    /// <inheritdoc/>
    public override Tensor Constant(HostTensor data) => Wrap(Intern(data, null));

    /// <summary>Records a constant that was computed from weights.</summary>
    /// <param name="data">Its numbers.</param>
    /// <param name="sources">The weights' names.</param>
    public Tensor Constant(HostTensor data, IReadOnlyList<string> sources) => Wrap(Intern(data, null, sources));

    /// <inheritdoc/>
    public override bool Supports(DerivedOp op) => supports?.Invoke(op) ?? true;

    /// <inheritdoc/>
    public override Tensor Tap(string stage, Tensor value)
    {
        _taps.Add(new(stage, ValueOf(value)));
        return value;
    }

    /// <summary>Ends recording.</summary>
    /// <param name="outputs">Results by name.</param>
    /// <param name="taps">Stages to keep: null for none, else a choice by name.</param>
    public NetworkGraph Finish(IEnumerable<(string Name, Tensor Value)> outputs, Func<string, bool>? taps = null) =>
        new(
            [.. _inputs], [.. outputs.Select(o => new NamedValue(o.Name, ValueOf(o.Value)))],
            [.. _taps.Where(t => taps?.Invoke(t.Name) ?? false)]);

    /// <summary>The recorded value behind a tensor of this back end.</summary>
    public static Value ValueOf(Tensor tensor) => ((GraphTensor)tensor).Value;

    /// <summary>A recorded value as a tensor of this back end, to go on recording from it.</summary>
    public Tensor Wrap(Value value) => new GraphTensor(this, value);

    /// <inheritdoc/>
    protected override Tensor Execute(Op op, ReadOnlySpan<Tensor> inputs, TensorType result)
    {
        var values = new Value[inputs.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = ValueOf(inputs[i]);
        var key = new Key(op, values);
        if (!_known.TryGetValue(key, out OpValue? value))
            _known[key] = value = new OpValue(op, values, result);
        return Wrap(value);
    }

    private ConstantValue Intern(HostTensor data, string? name, IReadOnlyList<string>? sources = null)
    {
        object key = data.Bytes.Length > SmallBytes || name is not null
            ? data
            : $"{data.DType}[{string.Join(',', data.Shape)}]{Convert.ToHexString(data.Bytes.Span)}";
        if (!_constants.TryGetValue(key, out ConstantValue? constant))
        {
            DType dtype = data.DType.IsFloat() ? DType.Float32 : data.DType;
            _constants[key] = constant = new ConstantValue(data, name, new(dtype, Shape.Of(data.Shape)), sources);
        }

        return constant;
    }

    private sealed class GraphTensor(GraphBackend backend, Value value) : Tensor(backend, value.Type)
    {
        public Value Value { get; } = value;
    }

    private readonly struct Key(Op op, Value[] inputs) : IEquatable<Key>
    {
        private readonly Op _op = op;
        private readonly Value[] _inputs = inputs;

        public bool Equals(Key other) => _op.Equals(other._op) && _inputs.AsSpan().SequenceEqual(other._inputs);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(_op);
            foreach (Value input in _inputs)
                hash.Add(input);
            return hash.ToHashCode();
        }
    }
}
