namespace RfDetr;

/// <summary>COCO's 80 object classes with their original category ids, 1 to 90 with ten gaps.</summary>
/// <remarks>Source: the categories of COCO 2017's instances annotations (cocodataset.org).</remarks>
public static class CocoClasses
{
    /// <summary>Rows of a COCO class head: ids 0 to 90.</summary>
    public const int Logits = 91;

    private static readonly string[] s_names =
    [
        "", "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
        "fire hydrant", "", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep",
        "cow", "elephant", "bear", "zebra", "giraffe", "", "backpack", "umbrella", "", "",
        "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove",
        "skateboard", "surfboard", "tennis racket", "bottle", "", "wine glass", "cup", "fork", "knife", "spoon",
        "bowl", "banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut",
        "cake", "chair", "couch", "potted plant", "bed", "", "dining table", "", "", "toilet",
        "", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster",
        "sink", "refrigerator", "", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
    ];

    /// <summary>Category ids and names, by rising id.</summary>
    public static IReadOnlyList<(int Id, string Name)> All { get; } =
        [.. s_names.Select((name, id) => (id, name)).Where(c => c.name.Length > 0)];
}
