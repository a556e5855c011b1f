namespace RfDetr;

/// <summary>One object to draw.</summary>
/// <param name="Box">
/// The object's box in pixels of the image; it may reach beyond the image. An empty box, or one with an edge that is not a
/// number, is not
/// drawn.
/// </param>
/// <param name="ClassId">The class, which chooses the color from the palette.</param>
/// <param name="Label">The text on the object's plate; empty for none.</param>
/// <param name="Mask">The object's pixels, of the image's size; null for none.</param>
/// <param name="Color">A color in place of the palette's, for instance one per track; null for the palette's.</param>
public sealed record Annotation(BoxXyxy Box, int ClassId, string Label, RleMask? Mask = null, Rgb? Color = null);
