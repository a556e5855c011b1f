namespace RfDetr;

/// <summary>One thing to draw.</summary>
/// <param name="Box">In pixels of the canvas; may reach beyond it. An empty box, or one with an edge that is no number, is not drawn.</param>
/// <param name="ClassId">Chooses the color.</param>
/// <param name="Label">The text on its plate; empty for none.</param>
/// <param name="Mask">Of the canvas's size; null for none.</param>
/// <param name="Color">In place of the palette's color, for instance one per track.</param>
public sealed record Annotation(BoxXyxy Box, int ClassId, string Label, RleMask? Mask = null, Rgb? Color = null);
