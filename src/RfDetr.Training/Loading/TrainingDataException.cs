namespace RfDetr.Training;

/// <summary>An image or its annotations cannot be used in the middle of a run.</summary>
/// <param name="file">The file at fault; the message begins with it.</param>
/// <param name="reason">What is wrong and what helps, as a sentence.</param>
/// <param name="innerException">The cause.</param>
public sealed class TrainingDataException(string file, string reason, Exception? innerException = null)
    : RfDetrException($"{file}: {reason}", innerException)
{
    /// <summary>The file at fault.</summary>
    public string File { get; } = file;
}
