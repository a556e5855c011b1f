namespace RfDetr.Synth;

/// <summary>A frame of a clip.</summary>
/// <param name="Index">Number of the frame, from 0.</param>
/// <param name="Time">Time of the frame from the beginning.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Rgb">Height × Width × 3 bytes, rows from the top, red first.</param>
/// <param name="Objects">The objects of which at least a pixel is seen, by id.</param>
public sealed record ClipFrame(int Index, TimeSpan Time, int Width, int Height, byte[] Rgb, IReadOnlyList<ClipObject> Objects);

/// <summary>An object in a frame of a clip.</summary>
/// <param name="Id">The object's id, from 1; the same in all frames of the clip.</param>
/// <param name="Seen">Class, box and mask of what is seen of it.</param>
/// <param name="Counted">
/// True if enough of it is seen to ask for its detection, by the scene options' smallest area and share.
/// </param>
public sealed record ClipObject(int Id, SceneObject Seen, bool Counted);
