namespace RfDetr.Checkpoints;

/// <summary>Weights could not be fetched or kept; the message says what happened and what helps.</summary>
public class DownloadException(string message, Exception? inner = null) : RfDetrException(message, inner);

/// <summary>A file's content is not the published one.</summary>
public sealed class ChecksumMismatchException(string message, string expectedMd5, string actualMd5) : DownloadException(message)
{
    /// <summary>Digest in the table of published files.</summary>
    public string ExpectedMd5 { get; } = expectedMd5;

    /// <summary>Digest of what is there.</summary>
    public string ActualMd5 { get; } = actualMd5;
}

/// <summary>The file's license must be accepted before it is downloaded.</summary>
public sealed class LicenseNotAcceptedException(string name, WeightsLicense license) : DownloadException(
    $"{name} is under the license {license.Id}, not {WeightsLicense.Apache.Id}: read it at {license.Address}; if you "
        + $"accept it, say so with --accept-license (DownloadOptions.AcceptLicense)")
{
    /// <summary>The license in question.</summary>
    public WeightsLicense License { get; } = license;
}
