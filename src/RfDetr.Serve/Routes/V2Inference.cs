namespace RfDetr.Serve;

/// <summary>
/// KServe's v2 protocol without its transport: a model <c>M</c> takes encoded images and gives boxes, scores and classes; its
/// view <c>M.raw</c> takes and gives the network's own tensors.
/// </summary>
internal sealed class V2Inference(ModelRegistry models, InferenceService inference, RequestLimits limits)
{
    public const string Image = "image", Count = "num_detections", Boxes = "boxes", Scores = "scores", ClassIds = "class_ids",
        Masks = "masks";

    private static readonly string[] s_usual = [Count, Boxes, Scores, ClassIds];

    /// <summary>Inputs and outputs of a view of a model.</summary>
    public static (IReadOnlyList<V2TensorInfo> Inputs, IReadOnlyList<V2TensorInfo> Outputs) Describe(
        LoadedModel model, bool isRaw)
    {
        NetworkContract contract = model.Detector.Contract;
        if (isRaw)
        {
            long batch = contract.FixedBatch ?? -1;
            return (
                [new(OutputNames.Input, V2Tensor.Fp32, [batch, 3, contract.Height, contract.Width])],
                [.. contract.Outputs.Select(
                    o => new V2TensorInfo(o.Name, V2Tensor.Fp32, [batch, .. o.Shape.Select(d => (long)d)]))]);
        }

        V2TensorInfo[] outputs =
        [
            new(Count, V2Tensor.Int32, [-1]), new(Boxes, V2Tensor.Fp32, [-1, -1, 4]), new(Scores, V2Tensor.Fp32, [-1, -1]),
            new(ClassIds, V2Tensor.Int32, [-1, -1]),
        ];
        return (
            [new(Image, V2Tensor.ByteStrings, [-1])],
            model.Info.Has(Head.Masks) ? [.. outputs, new(Masks, V2Tensor.ByteStrings, [-1, -1])] : outputs);
    }

    /// <summary>Answers a request.</summary>
    public async Task<IReadOnlyList<V2Tensor>> RunAsync(HttpContext context, string name, bool mayLoad, V2Request request)
    {
        V2View view = V2View.Of(name, models);
        using ModelLease lease = models.Lease(view.Id, mayLoad);
        return view.IsRaw
            ? await RawAsync(context, lease.Model, request).ConfigureAwait(false)
            : await ImagesAsync(context, lease.Model, request).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<V2Tensor>> ImagesAsync(HttpContext context, LoadedModel model, V2Request request)
    {
        if (request.Inputs is not [{ Name: Image, Datatype: V2Tensor.ByteStrings } input])
            throw Bad($"a model takes one input '{Image}' of BYTES, one encoded image in each");
        if (input.Bytes.Count == 0)
            throw Bad("there is no image");
        string[] wanted = [.. request.Outputs ?? s_usual];
        string[] known = model.Info.Has(Head.Masks) ? [.. s_usual, Masks] : s_usual;
        if (wanted.FirstOrDefault(w => !known.Contains(w)) is { } unknown)
            throw Bad($"there is no output '{ServeException.Shown(unknown)}'; there are {string.Join(", ", known)}");
        var options = new DetectOptions
        {
            ScoreThreshold = request.Confidence ?? DetectOptions.Default.ScoreThreshold,
            Classes = ClassList.Resolve(request.Classes, model.Info.Classes, "classes"),
            Heads = wanted.Contains(Masks) ? null : [Head.Boxes],
        };
        IReadOnlyList<Detections> found = await inference.DetectAsync(context, model, input.Bytes, options).ConfigureAwait(false);
        return [.. wanted.Select(w => Output(w, found))];
    }

    // Images with fewer objects than the one with the most are filled up: class -1, zeros.
    private static V2Tensor Output(string name, IReadOnlyList<Detections> found)
    {
        int batch = found.Count, most = found.Max(f => f.Items.Count);
        IEnumerable<Detection?> All() =>
            found.SelectMany(f => Enumerable.Range(0, most).Select(i => f.Items.ElementAtOrDefault(i)));
        return name switch
        {
            Count => new V2Tensor(name, V2Tensor.Int32, [batch]) { Ints = [.. found.Select(f => f.Items.Count)] },
            Boxes => new V2Tensor(name, V2Tensor.Fp32, [batch, most, 4])
            {
                Floats =
                    [.. All().SelectMany(d => d is null ? (float[])[0, 0, 0, 0] : [d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2])],
            },
            Scores => new V2Tensor(name, V2Tensor.Fp32, [batch, most]) { Floats = [.. All().Select(d => d?.Score ?? 0)] },
            ClassIds => new V2Tensor(name, V2Tensor.Int32, [batch, most]) { Ints = [.. All().Select(d => d?.ClassId ?? -1)] },
            _ => new V2Tensor(name, V2Tensor.ByteStrings, [batch, most])
            {
                Bytes = [.. All().Select(d => d?.Mask is { } mask ? Text(mask) : ReadOnlyMemory<byte>.Empty)],
            },
        };
    }

    /// <summary>A mask as <c>{"size": [h, w], "counts": "…"}</c>.</summary>
    private static ReadOnlyMemory<byte> Text(RleMask mask) =>
        JsonStyle.ToUtf8(MaskDocument.Of(mask), V2Json.Default.MaskDocument);

    private async Task<IReadOnlyList<V2Tensor>> RawAsync(HttpContext context, LoadedModel model, V2Request request)
    {
        NetworkContract contract = model.Detector.Contract;
        long[] one = [3, contract.Height, contract.Width];
        if (request.Inputs is not [{ Name: OutputNames.Input, Datatype: V2Tensor.Fp32 } input] || input.Shape.Count != 4
            || !input.Shape.Skip(1).SequenceEqual(one))
        {
            throw Bad(
                $"the view .raw takes one input '{OutputNames.Input}' of FP32 [B, {string.Join(", ", one)}]; given "
                + string.Join(
                    ", ", request.Inputs.Select(i => $"'{ServeException.Shown(i.Name)}' {ServeException.Shown(i.Datatype)} "
                        + $"[{string.Join(", ", i.Shape)}]")));
        }

        int batch = (int)Math.Min(input.Shape[0], int.MaxValue);
        if (batch < 1 || batch > limits.MaxImages)
            throw new ServeException(
                StatusCodes.Status413PayloadTooLarge, ErrorCodes.Images, Invariant.Text(
                    $"the batch has {batch} images; expected 1..{limits.MaxImages}"));
        OutputSpec[] outputs =
        [
            .. (request.Outputs ?? [.. contract.Outputs.Select(o => o.Name)]).Select(name => contract.Find(name)
                ?? throw Bad(
                    $"there is no output '{ServeException.Shown(name)}'; there are "
                    + string.Join(", ", contract.Outputs.Select(o => o.Name))))
        ];
        ReadOnlyMemory<float>[] images =
            [.. Enumerable.Range(0, batch).Select(i => input.Floats.AsMemory(i * contract.InputLength, contract.InputLength))];
        IReadOnlyList<float[][]> results = await inference.RunAsync(context, model, images, outputs).ConfigureAwait(false);
        return
        [
            .. outputs.Select((o, at) => new V2Tensor(o.Name, V2Tensor.Fp32, [batch, .. o.Shape.Select(d => (long)d)])
            {
                Floats = [.. results.SelectMany(r => r[at])],
            })
        ];
    }

    private static ServeException Bad(string message) => ServeException.BadRequest(ErrorCodes.Body, message);
}
