namespace RfDetr;

/// <summary>
/// Takes results image by image, in any number: nothing is kept in memory. Not safe for several threads at once.
/// </summary>
public interface IResultWriter : IDisposable
{
    /// <summary>Adds one image's results.</summary>
    /// <param name="file">Path, address or other name of the image.</param>
    /// <param name="found">Detections in the image; may be none.</param>
    void Write(string file, Detections found);

    /// <summary>Ends the document. Without it a document that needs an end is left open, as after an error.</summary>
    void Complete();
}
