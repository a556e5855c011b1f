namespace RfDetr.Checkpoints;

/// <summary>Options for fetching weights and for the folder that keeps them.</summary>
public sealed record DownloadOptions
{
    /// <summary>Environment variable that names the folder below which weights are kept, in <c>weights</c>.</summary>
    public const string HomeVariable = "RFDETR_HOME";

    /// <summary>Environment variable that names a mirror in place of <see cref="HostedWeights.BaseAddress"/>.</summary>
    public const string AddressVariable = "RFDETR_WEIGHTS_URL";

    /// <summary>
    /// Folder for the files; null for <c>$RFDETR_HOME/weights</c>, or <c>.rfdetr/weights</c> in the user's home folder. It is
    /// made if missing.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Address that the remote paths are appended to; null for <c>$RFDETR_WEIGHTS_URL</c>, or the publisher's. The digests stay
    /// the table's.
    /// </summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>True to fetch again even if the file is there, and to replace it whatever it holds.</summary>
    public bool Force { get; init; }

    /// <summary>True if the user has read and accepts the license of files that demand it (<c>--accept-license</c>).</summary>
    public bool AcceptLicense { get; init; }

    /// <summary>True to use only what is there and never the network.</summary>
    public bool Offline { get; init; }

    /// <summary>
    /// Number of times that the server is asked before giving up, at least 1. Each attempt goes on where the last one broke off.
    /// </summary>
    public int MaxAttempts { get; init; } = 6;

    /// <summary>An attempt in which no byte arrives for so long is given up.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before the second attempt; it doubles with each further one, up to a minute.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The wait between attempts; null for <see cref="Task.Delay(TimeSpan, CancellationToken)"/>.</summary>
    public Func<TimeSpan, CancellationToken, Task>? Wait { get; init; }

    /// <summary>
    /// Proxy; null for the system's, or the one named by <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c> and <c>NO_PROXY</c>.
    /// </summary>
    public Uri? Proxy { get; init; }

    /// <summary>A larger file is refused. The greatest published one is below 2 GiB.</summary>
    public long MaxBytes { get; init; } = 4L << 30;

    /// <summary>The folder that <see cref="Folder"/> names, with the defaults applied; a full path.</summary>
    public string ResolveFolder()
    {
        if (!string.IsNullOrEmpty(Folder))
            return Path.GetFullPath(Folder);
        string? home = Environment.GetEnvironmentVariable(HomeVariable);
        return Path.GetFullPath(Path.Combine(
            string.IsNullOrEmpty(home)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rfdetr")
                : home,
            "weights"));
    }

    /// <summary>The address that <see cref="BaseAddress"/> names, with the defaults applied; ends with a slash.</summary>
    /// <exception cref="ArgumentException">It is no http or https address.</exception>
    public Uri ResolveBaseAddress()
    {
        string? text = BaseAddress?.OriginalString ?? Environment.GetEnvironmentVariable(AddressVariable);
        if (string.IsNullOrEmpty(text))
            return HostedWeights.BaseAddress;
        return Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out Uri? address)
            && address.Scheme is "http" or "https"
            ? address
            : throw new ArgumentException(
                $"the address of a weights mirror must begin with http:// or https://, got '{text}' "
                    + $"({nameof(BaseAddress)} or {AddressVariable})");
    }

    internal void Validate()
    {
        List<string> wrong = [];
        if (MaxAttempts < 1)
            wrong.Add($"MaxAttempts must be at least 1, got {MaxAttempts}");
        if (StallTimeout <= TimeSpan.Zero)
            wrong.Add($"StallTimeout must be positive, got {StallTimeout}");
        if (FirstDelay < TimeSpan.Zero)
            wrong.Add($"FirstDelay must not be negative, got {FirstDelay}");
        if (MaxBytes < 1)
            wrong.Add($"MaxBytes must be positive, got {MaxBytes}");
        if (wrong.Count > 0)
            throw new ArgumentException(string.Join("; ", wrong));
        ResolveBaseAddress();
    }
}
