namespace RfDetr.Data;

/// <summary>Shapes that overlaps are measured on.</summary>
public enum EvaluationKind
{
    /// <summary>Boxes: COCO's <c>bbox</c>.</summary>
    Boxes,

    /// <summary>Masks: COCO's <c>segm</c>.</summary>
    Masks,
}
