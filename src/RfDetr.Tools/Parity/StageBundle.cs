using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>Expected values of one stage: all of them, or some at known places.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Values">Expected values.</param>
/// <param name="Shape">Shape of the whole stage; null if only samples are known.</param>
/// <param name="Index">Place of each value in the flattened stage; null if all are there.</param>
internal sealed record ExpectedStage(string Name, float[] Values, IReadOnlyList<int>? Shape, long[]? Index);

/// <summary>
/// A file of expected stages: tensors named like the stages (or NAME.index and NAME.value for samples), the network's
/// <c>input</c> where it comes from no formula, and facts as text.
/// </summary>
internal sealed class StageBundle
{
    /// <summary>The fact that names the precision in which the stages of a bundle were computed.</summary>
    public const string PrecisionFact = "precision";

    private const string InputName = "input", IndexEnd = ".index", ValueEnd = ".value";
    private readonly PlainMap _facts;

    private StageBundle(string path, PlainMap facts, HostTensor? input, IReadOnlyList<ExpectedStage> stages) =>
        (Path, _facts, Input, Stages) = (path, facts, input, stages);

    public string Path { get; }

    public string FileName => System.IO.Path.GetFileName(Path);

    /// <summary>[B, 3, H, W], or null.</summary>
    public HostTensor? Input { get; }

    /// <summary>In the network's order.</summary>
    public IReadOnlyList<ExpectedStage> Stages { get; }

    /// <exception cref="CheckpointFormatException">It is no safetensors file, or what it holds is no set of stages.</exception>
    public static StageBundle Open(string path)
    {
        using Checkpoint file = Checkpoint.Open(path);
        string name = System.IO.Path.GetFileName(path);
        var stages = new Dictionary<string, ExpectedStage>();
        HostTensor? input = null;
        foreach (string tensor in file.Names)
        {
            if (tensor == InputName)
                input = CheckedInput(Get(file, tensor), name);
            else if (tensor.EndsWith(IndexEnd, StringComparison.Ordinal) || tensor.EndsWith(ValueEnd, StringComparison.Ordinal))
                stages[tensor[..^IndexEnd.Length]] = Sampled(file, tensor[..^IndexEnd.Length], name);
            else
                stages[tensor] = new(tensor, Get(file, tensor).ToSingles(), Get(file, tensor).Shape, null);
        }

        string[] unknown = [.. stages.Keys.Where(s => !StageNames.IsKnown(s))];
        if (unknown.Length > 0 || stages.Count == 0)
        {
            throw new CheckpointFormatException(
                $"'{name}' is no bundle of stages: it has "
                    + $"{(unknown.Length > 0 ? $"a tensor '{unknown[0]}'" : "no stages")}; stages are named backbone.0, "
                    + $"projector.0, two_stage.boxes, decoder.hidden, pred_logits, pred_boxes, pred_masks");
        }

        if (stages.Values.FirstOrDefault(s => s.Values.Length == 0) is { } empty)
            throw new CheckpointFormatException($"'{name}': stage '{empty.Name}' has no values");
        return new(path, file.Metadata, input, [.. StageNames.InOrder(stages.Keys).Select(s => stages[s])]);
    }

    public ExpectedStage? Find(string stage) => Stages.FirstOrDefault(s => s.Name == stage);

    public string? Text(string fact) => _facts[fact] as string;

    /// <exception cref="CheckpointFormatException">The fact is missing or no whole number above 0.</exception>
    public int Number(string fact) =>
        int.TryParse(Text(fact), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
        ? value
        : throw new CheckpointFormatException(
            $"'{FileName}': its metadata has {fact} '{Text(fact)}', expected a whole number above 0");

    /// <summary>The reference's own float32 error of a stage; 0 if unknown.</summary>
    public double ReferenceError(string stage) =>
        double.TryParse(
            Text("err_" + (stage == StageNames.FirstMasks ? StageNames.Masks : stage)), NumberStyles.Float,
            CultureInfo.InvariantCulture, out double error)
            && error > 0 && double.IsFinite(error)
            ? error
            : 0;

    /// <summary>True if the file states the error of the reference's own float32 run.</summary>
    public bool KnowsReferenceErrors => _facts.Keys.Any(k => k is string key && key.StartsWith("err_", StringComparison.Ordinal));

    private static HostTensor Get(Checkpoint file, string name) => file.TryGet(name, out HostTensor? tensor)
        ? tensor
        : throw new CheckpointFormatException($"{file.Name}: tensor '{name}' cannot be read");

    private static ExpectedStage Sampled(Checkpoint file, string stage, string name)
    {
        if (!file.TryGet(stage + IndexEnd, out HostTensor? index) || !file.TryGet(stage + ValueEnd, out HostTensor? value))
            throw new CheckpointFormatException(
                $"'{name}': stage '{stage}' needs both '{stage}{IndexEnd}' and '{stage}{ValueEnd}'");
        if (index.DType != DType.Int64 || index.Count != value.Count)
            throw new CheckpointFormatException(
                $"'{name}': '{stage}{IndexEnd}' has {index.Count} {index.DType} values, expected {value.Count} of "
                    + $"{DType.Int64}, one for each of '{stage}{ValueEnd}'");
        return new(stage, value.ToSingles(), null, index.Span<long>().ToArray());
    }

    // A copy: the file is closed before the network runs.
    private static HostTensor CheckedInput(HostTensor input, string name) =>
        input.DType.IsFloat() && input.Shape is [> 0, 3, > 0, > 0]
        ? HostTensor.Of(input.ToSingles(), [.. input.Shape])
        : throw new CheckpointFormatException(
            $"'{name}': '{InputName}' is {input.DType} [{string.Join(", ", input.Shape)}], expected float32 [B, 3, H, W]");
}
