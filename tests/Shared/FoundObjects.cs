namespace RfDetr.Tests;

/// <summary>Results made by hand.</summary>
internal static class FoundObjects
{
    public static Detection One(BoxXyxy box, float score, int classId, string className, RleMask? mask = null) =>
        new() { Box = box, Score = score, ClassId = classId, ClassName = className, Mask = mask };

    public static Detections All(int width, int height, params Detection[] items) =>
        new() { Width = width, Height = height, Items = items };
}
