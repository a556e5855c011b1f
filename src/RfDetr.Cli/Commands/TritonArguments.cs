using System.CommandLine;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>The options of <c>export --triton</c>.</summary>
internal sealed class TritonArguments
{
    private static readonly TritonOptions s_usual = new();

    private readonly Option<string?> _folder = OptionsOf.OutputFolder(
        "--triton", "DIR",
        "Write into a model repository of NVIDIA's Triton Inference Server: DIR/NAME/config.pbtxt and the next version's "
            + "model.onnx with labels.txt.");

    private readonly Option<string?> _name = OptionsOf.Text(
        "--triton-name", "NAME", "With --triton: the name that requests use (default: the checkpoint's file name).");

    private readonly Option<int?> _batch = OptionsOf.Whole(
        "--triton-max-batch", "N", $"With --triton: most images of a run, where the batch is open (default {s_usual.MaxBatch}).",
        1, TritonOptions.MostBatch);

    private readonly Option<int?> _delay = OptionsOf.Whole(
        "--triton-delay", "MICROSECONDS",
        $"With --triton: how long a request may wait for others to fill a batch (default {s_usual.QueueDelay}).", 0, 1_000_000);

    private readonly Option<string?> _device =
        OptionsOf.Choice("--triton-device", "With --triton: where the model runs (default auto).", "auto", "cpu", "gpu");

    private readonly Option<int?> _instances = OptionsOf.Whole(
        "--triton-instances", "N", $"With --triton: copies of the model on each device (default {s_usual.Instances}).", 1,
        TritonOptions.MostInstances);

    /// <summary>For the verb's list of options.</summary>
    public Symbol[] Symbols => [_folder, _name, _batch, _delay, _device, _instances];

    /// <summary>The repository and what Triton is told; null where a single file is asked for.</summary>
    /// <exception cref="ArgumentException">Neither or both are asked for, or the options fit neither.</exception>
    public TritonTarget? Read(CliContext context, string? output)
    {
        string? folder = context.Get(_folder);
        if (folder is null == output is null)
            throw new ArgumentException(
                folder is null
                    ? "give --output PATH for a file, or --triton DIR for a model repository"
                    : "--output and --triton both say where to write; give one of them");
        var options = new TritonOptions
        {
            Name = context.Get(_name),
            MaxBatch = context.Get(_batch) ?? s_usual.MaxBatch,
            QueueDelay = context.Get(_delay) ?? s_usual.QueueDelay,
            Device = context.Get(_device) switch
            {
                "cpu" => TritonDevice.Cpu,
                "gpu" => TritonDevice.Gpu,
                _ => TritonDevice.Auto,
            },
            Instances = context.Get(_instances) ?? s_usual.Instances,
        };
        if (folder is not null)
            return new(folder, options);
        return options == s_usual
            ? null
            : throw new ArgumentException("--triton-… options belong to --triton, which is missing");
    }
}

/// <summary>A repository, and what Triton is told of the model.</summary>
/// <param name="Folder">The repository.</param>
/// <param name="Options">What Triton is told.</param>
internal sealed record TritonTarget(string Folder, TritonOptions Options);
