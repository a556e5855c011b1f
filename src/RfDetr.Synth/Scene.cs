namespace RfDetr.Synth;

/// <summary>A rendered image and what is to be seen in it.</summary>
public sealed class Scene
{
    internal Scene(int width, int height, byte[] rgb, IReadOnlyList<SceneObject> objects) =>
        (Width, Height, Rgb, Objects) = (width, height, rgb, objects);

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Height × Width × 3 bytes, rows from the top, red first.</summary>
    public byte[] Rgb { get; }

    /// <summary>The visible objects, in the order they were set into the scene. May be empty.</summary>
    public IReadOnlyList<SceneObject> Objects { get; }
}

/// <summary>
/// One object of a <see cref="Scene"/>. A pixel is the object's if the ray through the pixel's center meets it first.
/// </summary>
public sealed class SceneObject
{
    internal SceneObject(int classId, PixelBox box, byte[] mask, int area, int amodalArea) =>
        (ClassId, Box, Mask, Area, AmodalArea) = (classId, box, mask, area, amodalArea);

    /// <summary>0-based index into <see cref="SceneGenerator.ClassNames"/>.</summary>
    public int ClassId { get; }

    /// <summary>Name of the class.</summary>
    public string ClassName => ObjectClasses.Names[ClassId];

    /// <summary>The tight box of the visible pixels.</summary>
    public PixelBox Box { get; }

    /// <summary>
    /// Visible pixels within <see cref="Box"/>: <c>Box.Height × Box.Width</c> bytes, rows from the top, 1 where the object is
    /// seen, else 0.
    /// </summary>
    public byte[] Mask { get; }

    /// <summary>Visible pixels: the ones in <see cref="Mask"/>.</summary>
    public int Area { get; }

    /// <summary>
    /// Pixels of the image that the object would cover if nothing stood before it; at least <see cref="Area"/>.
    /// </summary>
    public int AmodalArea { get; }
}

/// <summary>
/// A box along pixel borders: columns <paramref name="X1"/> to <paramref name="X2"/> − 1, rows <paramref name="Y1"/> to
/// <paramref name="Y2"/> − 1.
/// </summary>
/// <param name="X1">Left border in pixels.</param>
/// <param name="Y1">Upper border in pixels.</param>
/// <param name="X2">Right border, outside.</param>
/// <param name="Y2">Lower border, outside.</param>
public readonly record struct PixelBox(int X1, int Y1, int X2, int Y2)
{
    /// <summary>Columns.</summary>
    public int Width => X2 - X1;

    /// <summary>Rows.</summary>
    public int Height => Y2 - Y1;
}
