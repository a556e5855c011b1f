namespace RfDetr.Checkpoints;

/// <summary>Stages of a download.</summary>
public enum DownloadStage
{
    /// <summary>Reading a file that is there to compare its digest.</summary>
    Verifying,

    /// <summary>Another process downloads the same file.</summary>
    WaitingForOther,

    /// <summary>Bytes arrive.</summary>
    Downloading,

    /// <summary>The connection broke; the next attempt comes after a pause.</summary>
    Retrying,
}

/// <summary>State of a download.</summary>
/// <param name="FileName">The file.</param>
/// <param name="Stage">What is being done.</param>
/// <param name="Bytes">Bytes there so far, those of earlier attempts included.</param>
/// <param name="TotalBytes">Size of the whole file; null if the server does not say.</param>
/// <param name="Attempt">Number of the attempt, from 1; 0 before the first.</param>
/// <param name="Reason">Why the last attempt failed, when <see cref="DownloadStage.Retrying"/>.</param>
public readonly record struct DownloadProgress(
    string FileName, DownloadStage Stage, long Bytes, long? TotalBytes, int Attempt, string? Reason = null);
