namespace RfDetr.Fuzzing;

/// <summary>A verb of the command line that signals end at random moments.</summary>
/// <param name="Name">Its name in options and figures.</param>
/// <param name="Arguments">The command line; it runs in a folder of its own beside the folder <c>in</c>.</param>
internal sealed record KillTarget(string Name, params string[] Arguments)
{
    /// <summary>A result that an earlier run left: it stays whole until the new one is.</summary>
    public string? Old { get; init; }

    /// <summary>
    /// True if files are replaced while the work goes on, so that only the last ones equal those of a whole run.
    /// </summary>
    public bool SavesOnTheWay { get; init; }

    /// <summary>The command line that goes on with what is in a folder.</summary>
    public Func<string, string[]>? Resume { get; init; }

    /// <summary>The verbs that write.</summary>
    public static KillTarget[] All { get; } =
    [
        new("train", "train", "--config", "../in/run.yaml", "--output", "run") { SavesOnTheWay = true, Resume = GoOn },
        new("train-processes", "train", "--config", "../in/run.yaml", "--output", "run", "--processes", "2")
        {
            SavesOnTheWay = true,
            Resume = GoOn,
        },
        new("detect", "detect", "../in/data/train", "--output", "out", "--format", "json", "--format", "csv", "--format", "coco",
            "--format", "yolo") { Old = "out/detections.csv" },
        new("convert", "data", "convert", "../in/data", "--to", "yolo", "--output", "out/yolo"),
        new("quantize", "quantize", "--model", "../in/demo.pth", "--data", "../in/data", "--images", "2", "--calibration", "2",
            "--threads", "1", "--output", "out/q.safetensors") { Old = "out/q.safetensors" },
        new("export-onnx", "export", "demo", "--output", "out/demo.onnx") { Old = "out/demo.onnx" },
        new("export-pth", "export", "demo", "--output", "out/demo.pth") { Old = "out/demo.pth" },
        new("synth", "data", "synth", "--output", "out", "--count", "40", "--valid", "5", "--size", "320x240", "--overwrite"),
        new("synth-video", "data", "synth", "--video", "--output", "out", "--count", "2", "--frames", "12", "--size", "320x240",
            "--overwrite"),
    ];

    /// <summary>The command lines that make what the targets read, run in the folder <c>in</c>.</summary>
    public static string[][] Inputs { get; } =
    [
        [
            "data", "synth", "--output", "data", "--count", "12", "--valid", "4", "--size", "96x72", "--classes",
            "ball,cube,cone,ring,star,mug"
        ],
        ["export", "demo", "--output", "demo.pth"],
    ];

    /// <summary>The configuration of the training, the smallest network that has every part.</summary>
    public const string Training =
        """
        model: scratch
        data: ../in/data
        epochs: 3
        batch_size: 2
        num_workers: 1
        threads: 1
        multi_scale: off
        lr: 4e-4
        lr_encoder: 4e-4
        save_steps: 1
        checkpoint_interval: 2
        log_steps: 1
        tensorboard: off
        report: off
        network:
          variant: seg-nano
          encoder_hidden_size: 64
          encoder_num_layers: 2
          patch_size: 12
          num_windows: 1
          resolution: 48
          out_feature_indexes: [1, 2]
          dec_layers: 1
          hidden_dim: 32
          dim_feedforward: 64
          sa_nheads: 2
          ca_nheads: 4
          num_queries: 8
          num_select: 8
          group_detr: 2

        """;

    // Without a configuration the run had not begun, and begins again.
    private static string[] GoOn(string folder) =>
        File.Exists(Path.Combine(folder, "run/config.yaml")) ? ["train", "--resume", "run"] : [];
}
