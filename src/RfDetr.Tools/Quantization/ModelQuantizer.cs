using System.Security.Cryptography;
using RfDetr.Checkpoints;
using RfDetr.Cpu;
using RfDetr.Graph;

namespace RfDetr.Tools;

/// <summary>
/// Steps of bringing a checkpoint to int8: its blocks, the ranges of its activations, and the file with the policy.
/// </summary>
public static class ModelQuantizer
{
    /// <summary>
    /// The blocks of a checkpoint that may be in int8, in the network's order, with their shares of the arithmetic; none is in
    /// int8 yet.
    /// </summary>
    /// <exception cref="ArgumentException">The model is no checkpoint.</exception>
    public static IReadOnlyList<QuantizedBlock> Blocks(string model, ModelOptions? options = null)
    {
        using CheckpointPackage source = Open(model, options);
        NetworkGraph graph = source.Record();
        using CpuNetwork network = CpuNetwork.Compile(graph, new CpuOptions { Threads = 1 });
        double all = network.Summarize().Operations;
        return
        [
            .. network.Products().Select(p =>
                (Block: p.Weights.Select(QuantizationBlocks.Of).FirstOrDefault(b => b is not null), p.Operations))
                .Where(p => p.Block is not null)
                .GroupBy(p => p.Block!)
                .Select(g => new QuantizedBlock(g.Key, false, null, g.Sum(p => p.Operations) / all))
                .OrderBy(b => QuantizationBlocks.Order(b.Name)),
        ];
    }

    /// <summary>Shows a model images, as in inference, and notes what its weights are multiplied with.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="images">Image files.</param>
    /// <param name="options">Null for what the file says.</param>
    /// <param name="threads">Threads of one run; 0: one for each physical core.</param>
    /// <param name="progress">Called after each image with how many are done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A policy with ranges, count and digest of the images, and no blocks.</returns>
    public static QuantizationPolicy Calibrate(
        string model, IReadOnlyList<string> images, ModelOptions? options = null, int threads = 0, Action<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var observer = new ActivationObserver();
        using var detector = Detector.Load(
            model, options, new Engine.Cpu { Threads = threads, Precision = CpuPrecision.Float32, Observer = observer });
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < images.Count; i++)
        {
            byte[] bytes = File.ReadAllBytes(images[i]);
            digest.AppendData(SHA256.HashData(bytes));
            _ = detector.Detect(bytes.AsMemory(), new DetectOptions { Heads = [Head.Boxes] }, cancellationToken);
            progress?.Invoke(i + 1);
        }

        return new QuantizationPolicy
        {
            Ranges = observer.Ranges.Where(r => QuantizationBlocks.Of(r.Key) is not null).ToDictionary(),
            CalibrationImages = images.Count,
            CalibrationDigest = images.Count == 0 ? "" : Convert.ToHexStringLower(digest.GetHashAndReset()),
        };
    }

    /// <summary>
    /// Writes a checkpoint with a policy; the matrices of blocks in int8 as integers with scales, everything else as it was.
    /// </summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="output">A path that ends in <c>.safetensors</c>.</param>
    /// <param name="policy">Policy to store.</param>
    /// <param name="options">Class names, EMA and the like, as the search had them.</param>
    /// <returns>Bytes of the file.</returns>
    /// <exception cref="ArgumentException">
    /// The output is no safetensors file, or the model itself; the policy's bits are neither 8 nor 7.
    /// </exception>
    public static long Write(string model, string output, QuantizationPolicy policy, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.ActivationBits is not (7 or 8))
            throw new ArgumentException($"{nameof(policy.ActivationBits)} is {policy.ActivationBits}, expected 7 or 8");
        CheckOutput(model, output);
        using CheckpointPackage source = Open(model, options);
        Checkpoint checkpoint = source.Checkpoint;
        SafetensorsWriter.Write(output, CheckpointContent.Of(checkpoint, source.Info.Classes) with
        {
            Weights = new Int8Weights(checkpoint, policy.Covers),
            Ema = null,
            Args = ConfigArgs.Complete(checkpoint.Args, source.Config),
            Metadata = checkpoint.Metadata.With(QuantizationPolicy.Key, QuantizationPolicyPlain.Write(policy)),
        });
        return new FileInfo(output).Length;
    }

    /// <summary>Fails before any work is done if a result could not be written.</summary>
    /// <exception cref="ArgumentException">The output is no safetensors file, or the model itself.</exception>
    public static void CheckOutput(string model, string output)
    {
        if (!Path.GetExtension(output).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException(
                $"the output '{output}' must end in .safetensors, which can hold the policy and 8-bit weights");
        if (File.Exists(model) && Path.GetFullPath(model) == Path.GetFullPath(output))
            throw new ArgumentException($"'{output}' would replace the checkpoint it is made of; give another output");
    }

    private static CheckpointPackage Open(string model, ModelOptions? options)
    {
        var reference = ModelReference.Parse(model);
        return reference is ModelReference.Onnx
            ? throw new ArgumentException($"'{model}' is an ONNX file; quantize the checkpoint it was made of, then export that")
            : CheckpointPackage.OpenCheckpoint(reference, options ?? new ModelOptions());
    }
}
