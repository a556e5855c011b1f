namespace RfDetr.Cli.Framework;

/// <summary>
/// Words that users of other detectors' command lines type, and what they are called here. A word counts only where the verb
/// knows the option that it stands for.
/// </summary>
internal static class PeerWords
{
    private const string Input = "INPUT";

    // Our option first, with its value where the other's word holds one already; then the words of others.
    private static readonly (string Ours, string[] Theirs)[] s_options =
    [
        ("--threshold T", ["conf", "conf-thres", "conf-threshold", "conf-thresh", "confidence", "confidence-threshold",
            "score", "score-thr", "score-thres", "score-threshold", "min-score", "thres", "thresh", "box-threshold"]),
        ("--model NAME|FILE", ["weights", "weight", "checkpoint", "ckpt", "model-path", "model-file", "pretrained",
            "pretrain-weights", "resume-from", "load-from"]),
        ("FILE", ["weights", "model", "checkpoint", "ckpt"]),
        ("--resolution", ["imgsz", "img-size", "image-size", "input-size", "input-shape", "img", "size", "shape", "scale"]),
        ("--nms IOU", ["iou", "iou-thres", "iou-threshold", "iou-thresh", "nms-iou", "nms-thres", "nms-threshold"]),
        ("--output", ["project", "name", "save-dir", "out", "outdir", "out-dir", "output-dir", "output-file", "dest", "dst",
            "work-dir", "save-path", "run-dir"]),
        ("--images DIR|FILE", ["source", "input", "inputs", "image", "img-path", "image-path", "path"]),
        (Input, ["source", "input", "inputs", "image", "images", "img-path", "image-path", "path", "video", "data"]),
        ("--data DIR", ["dataset", "dataset-dir", "dataset-path", "data-dir", "data-path", "data-root", "coco-path", "yaml",
            "data-yaml"]),
        ("--split NAME", ["task", "subset"]),
        ("--batch B", ["batch-size", "bs", "batches"]),
        ("--grad-accum-steps N", ["accumulate", "accum", "grad-accum", "gradient-accumulation-steps"]),
        ("--lr RATE", ["lr0", "learning-rate", "base-lr"]),
        ("--num-workers N", ["workers", "nw", "num-worker"]),
        ("--early-stopping-patience N", ["patience"]),
        ("--augmentation", ["augment", "aug", "hyp"]),
        ("--freeze-layers N", ["freeze"]),
        ("--lr-scheduler", ["scheduler", "cos-lr", "sched"]),
        ("--amp bf16", ["half", "fp16", "bf16", "mixed-precision"]),
        ("--precision fp16", ["half", "fp16"]),
        ("--precision bf16", ["bf16"]),
        ("--precision int8", ["int8"]),
        ("--batch dynamic", ["dynamic", "dynamic-batch"]),
        ("--provider P", ["device", "gpu", "cuda", "backend", "execution-provider", "providers", "ep"]),
        ("--engine", ["backend", "runtime"]),
        ("--num-select K", ["max-det", "max-dets", "max-detections", "topk", "top-k", "num-queries"]),
        ("--format yolo", ["save-txt"]),
        ("--format coco", ["save-json", "save-coco"]),
        ("--format csv", ["save-csv"]),
        ("--save-crops", ["save-crop", "crops"]),
        ("--no-images", ["nosave", "no-save"]),
        ("--no-labels", ["hide-labels", "hide-conf", "no-label"]),
        ("--class-names A,B", ["names", "labels", "label-map"]),
        ("--classes A,B", ["class", "filter-classes", "class-filter"]),
        ("--json -", ["save-results", "print-json"]),
    ];

    private static readonly (string Ours, string[] Theirs)[] s_verbs =
    [
        ("detect", ["predict", "infer", "inference", "segment", "run", "demo", "test-image", "detection", "pred"]),
        ("eval", ["val", "validate", "validation", "evaluate", "test", "map"]),
        ("train", ["fit", "finetune", "fine-tune", "learn", "training"]),
        ("export (models) or rfdetr data convert (data sets)", ["convert"]),
        ("export", [ "onnx", "to-onnx", "deploy"]),
        ("benchmark", ["bench", "speed", "profile", "perf", "timing"]),
        ("inspect", ["info", "summary", "show", "describe"]),
        ("download", ["pull", "fetch", "get", "install"]),
        ("variants", ["models", "list", "ls", "zoo"]),
        ("doctor", ["check", "checks", "env", "environment", "diagnose", "settings", "selftest"]),
        ("quantize", ["quant", "ptq", "int8", "calibrate"]),
        ("data convert", ["data-convert", "convert-data"]),
        ("data synth", ["synth", "generate"]),
        ("data stats", ["stats", "statistics", "analyze"]),
        ("compare", ["cmp"]),
        ("--help", ["help", "usage"]),
        ("--version", ["version"]),
    ];

    /// <summary>The name that an unknown option has here; null if it is no word of others, or has no counterpart.</summary>
    /// <param name="name">The option as it was typed.</param>
    /// <param name="known">The names of the verb's options.</param>
    /// <param name="arguments">The names of the verb's arguments.</param>
    public static string? Option(string name, IReadOnlyCollection<string> known, IReadOnlyCollection<string> arguments)
    {
        string word = name.TrimStart('-').Replace('_', '-').ToLowerInvariant();
        foreach ((string ours, string[] theirs) in s_options)
        {
            if (!theirs.Contains(word))
                continue;
            if (ours[0] == '-' && known.Contains(ours.Split(' ')[0]))
                return $"; here it is {ours}";
            if (ours[0] != '-' && arguments.Contains(ours))
                return $"; here it stands behind the verb, without an option: {ours}";
        }

        return null;
    }

    /// <summary>The verb that is meant by a word of others; null if it is none.</summary>
    public static string? Verb(string word)
    {
        word = word.Replace('_', '-').ToLowerInvariant();
        return Array.Find(s_verbs, v => v.Theirs.Contains(word)).Ours;
    }

    /// <summary>
    /// The option that a word such as <c>conf=0.3</c> is meant to be, with its value; null if it is none of the verb's or names a
    /// file.
    /// </summary>
    public static string? Assignment(string token, IReadOnlyCollection<string> known, IReadOnlyCollection<string> arguments)
    {
        int at = token.IndexOf('=', StringComparison.Ordinal);
        if (at < 1 || !token.AsSpan(0, at).ContainsOnlyWord() || File.Exists(token))
            return null;
        string name = "--" + token[..at].Replace('_', '-').ToLowerInvariant();
        return known.Contains(name)
            ? $"options are written with two hyphens: {name} {token[(at + 1)..]}"
            : Option(name, known, arguments) is { } hint ? $"options are written with two hyphens{hint}" : null;
    }

    private static bool ContainsOnlyWord(this ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }

        return true;
    }
}
