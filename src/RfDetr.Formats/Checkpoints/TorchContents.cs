namespace RfDetr.Checkpoints;

/// <summary>Finds weights, averaged weights, arguments and facts in what <c>torch.save</c> wrote.</summary>
/// <remarks>
/// rf-detr 1.4: <c>model</c>, <c>args</c>, <c>epoch</c>, <c>ema_model</c>, optimizer. From 1.6 on also <c>state_dict</c>,
/// <c>model_config</c>, <c>model_name</c>, <c>rfdetr_version</c>; Lightning's own files have <c>state_dict</c>,
/// <c>hyper_parameters</c> and the average inside a callback's state (<c>average_model_state_dict</c>).
/// </remarks>
internal static class TorchContents
{
    private static readonly string[] s_modelKeys = ["model", "state_dict", "model_state_dict"];
    private static readonly string[] s_emaKeys =
    [
        "ema_model", "ema_state_dict", "legacy_ema_state_dict", "model_ema", "ema", "average_model_state_dict"
    ];
    private static readonly string[] s_argumentKeys = ["hyper_parameters", "model_config", "args"];

    /// <summary>The model's tensors.</summary>
    public static StateDict Weights(PlainMap root, string fileName)
    {
        foreach (string key in s_modelKeys)
        {
            if (root.TryGet(key, out PlainMap? map) && StateDict.From(map, fileName) is { Count: > 0 } weights)
                return weights;
        }

        StateDict flat = StateDict.From(root, fileName);
        if (flat.Count > 0)
            return flat;
        if (s_modelKeys.Any(k => root.TryGet(k, out _)))
            throw new CheckpointFormatException($"{fileName}: the checkpoint's model has no tensors");
        throw new CheckpointFormatException(
            $"{fileName}: no weights found; a checkpoint has them under 'model' or 'state_dict', this file has "
                + $"{(root.Count == 0 ? "nothing" : string.Join(", ", root.Keys.Take(20).Select(k => $"'{k}'")))}");
    }

    /// <summary>The averaged weights; null if there are none.</summary>
    public static StateDict? Ema(PlainMap root, StateDict weights, string fileName)
    {
        IEnumerable<PlainMap> places = [root];
        if (root.TryGet("callbacks", out PlainMap? callbacks))
            places = places.Concat(callbacks.Select(c => c.Value).OfType<PlainMap>());
        foreach (PlainMap place in places)
        {
            foreach (string key in s_emaKeys)
            {
                if (!place.TryGet(key, out PlainMap? map))
                    continue;
                // ModelEma saves itself as {module: …} in some versions.
                PlainMap inner = map.TryGet("module", out PlainMap? module)
                    ? module
                    : map.TryGet("state_dict", out PlainMap? state)
                    ? state
                    : map;
                StateDict ema = StateDict.From(inner, fileName);
                if (ema.Names.Any(weights.Names.Contains))
                    return ema;
            }
        }

        return null;
    }

    /// <summary>
    /// All arguments in one map; the later key wins: hyper_parameters (with what it nests), model_config, args.
    /// </summary>
    public static PlainMap Args(PlainMap root)
    {
        var args = new PlainMap();
        foreach (string key in s_argumentKeys)
        {
            if (!root.TryGet(key, out PlainMap? map))
                continue;
            foreach (string nested in (string[])["train_config", "model_config", "args"])
            {
                if (map.TryGet(nested, out PlainMap? part))
                    args.Overlay(part);
            }

            args.Overlay(map);
        }

        return args;
    }

    /// <summary>Everything else that is not tensors: versions, epoch, scheduler, class map.</summary>
    public static PlainMap Metadata(PlainMap root)
    {
        var metadata = new PlainMap();
        foreach ((object key, object? value) in root)
        {
            bool apart = key is string name
                && (s_modelKeys.Contains(name) || s_emaKeys.Contains(name) || s_argumentKeys.Contains(name));
            if (!apart && !PlainMaps.HoldsTensors(value))
                metadata.Set(key, value);
        }

        return metadata;
    }
}
