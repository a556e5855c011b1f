namespace RfDetr.Checkpoints;

/// <summary>A weight file that Roboflow publishes.</summary>
/// <param name="FileName">Name on disk, e.g. <c>rf-detr-nano.pth</c>.</param>
/// <param name="RemotePath">Path below the base address.</param>
/// <param name="Md5">Digest of the whole file, 32 lower-case hexadecimal digits.</param>
/// <param name="Variant">Name of the network's variant, e.g. <c>nano</c>.</param>
/// <param name="License">Terms the weights are under.</param>
/// <param name="Note">Facts that a reader should know before choosing this file; null if there are none.</param>
public sealed record HostedFile(
    string FileName, string RemotePath, string Md5, string Variant, WeightsLicense License, string? Note = null);

/// <summary>The terms of use of published weights.</summary>
/// <param name="Id">Short name, e.g. <c>Apache-2.0</c>.</param>
/// <param name="Address">Address of the terms.</param>
/// <param name="MustBeAccepted">True if a download needs <see cref="DownloadOptions.AcceptLicense"/>.</param>
public sealed record WeightsLicense(string Id, string Address, bool MustBeAccepted)
{
    /// <summary>Apache License 2.0: free for every use.</summary>
    public static WeightsLicense Apache { get; } = new("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0", false);

    /// <summary>Roboflow's Platform Model License 1.0: use is tied to a Roboflow account and plan.</summary>
    public static WeightsLicense PlatformModel { get; } = new("PML-1.0", "https://roboflow.com/platform-model-license-1-0", true);
}
