namespace RfDetr.Tracking;

/// <summary>A filter of the ByteTrack family.</summary>
internal interface IBoxFilter
{
    /// <summary>The estimated box.</summary>
    BoxD Box { get; }

    /// <summary>Moves on by a frame.</summary>
    /// <param name="lost">True if the object was missing in the frame before.</param>
    void Predict(bool lost);

    /// <summary>Takes in a detected box.</summary>
    void Correct(in BoxD box);

    /// <summary>Moves everything as the camera moved the image; filters without camera motion ignore it.</summary>
    void Move(CameraMotion motion)
    {
    }
}
