using System.Net;

namespace RfDetr.Serve;

/// <summary>Treatment of images that a request names by address.</summary>
public enum UrlInputs
{
    /// <summary>Addresses are refused.</summary>
    Off,

    /// <summary>
    /// Addresses on the public internet are fetched; those of the own network are refused before a packet is sent.
    /// </summary>
    Public,
}

/// <summary>
/// Everything that a server is started with. Immutable; checked once, by <see cref="RfDetrServer.StartAsync"/>.
/// </summary>
public sealed record ServeOptions
{
    /// <summary>The port of HTTP where none is named: that of the Roboflow inference server.</summary>
    public const int DefaultPort = 9001;

    /// <summary>Address to listen on; only that of this machine's loopback works without keys.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>Port of HTTP; 0 takes a free one, which <see cref="RfDetrServer.Address"/> tells.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Port of gRPC (HTTP/2 without encryption needs one of its own); 0 takes a free one, null opens none.</summary>
    public int? GrpcPort { get; init; }

    /// <summary>Models that are loaded at the start; empty: the built-in <c>demo</c>. The first is the one that is meant where a
    /// request names none.</summary>
    public IReadOnlyList<ModelChoice> Models { get; init; } = [];

    /// <summary>The engine that runs the models.</summary>
    public Engine Engine { get; init; } = Engine.Auto;

    /// <summary>The caller accepts the license of weights that ask for it.</summary>
    public bool AcceptLicense { get; init; }

    /// <summary>Queue and batches of each model.</summary>
    public BatchOptions Batching { get; init; } = new();

    /// <summary>Limits of requests.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>File of keys (see <see cref="KeyFile"/>); null: everybody who reaches the server may use it.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Lets a server without keys listen beyond the loopback.</summary>
    public bool Insecure { get; init; }

    /// <summary>Treatment of addresses of images.</summary>
    public UrlInputs UrlInputs { get; init; }

    /// <summary>Origins (<c>https://example.org</c>) whose pages may call the server; empty: none but its own.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>
    /// Networks (<c>10.0.0.0/8</c>) of proxies whose <c>X-Forwarded-For</c> and <c>-Proto</c> are believed; empty: nobody's.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Bytes that models may take together; null: no limit.</summary>
    public long? MemoryCapBytes { get; init; }

    /// <summary>Certificate and key for TLS, a PKCS#12 file; null: plain HTTP.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Environment variable that holds the certificate file's password; null: it has none.</summary>
    public string? CertificatePasswordVariable { get; init; }

    /// <summary>Most rows of a DeepStack answer; Frigate has room for 20.</summary>
    public int DeepStackMax { get; init; } = 20;

    /// <summary>Labels that DeepStack answers may have; empty: all.</summary>
    public IReadOnlyList<string> DeepStackLabels { get; init; } = [];

    /// <summary>Time in which a server that was told to stop still accepts requests, until load balancers have noticed.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time from the order to stop to the end.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Receives one line of JSON for each request; null: none.</summary>
    public TextWriter? Log { get; init; }

    /// <summary>Receives traces and metrics by OTLP; null: nobody.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Throws one error that lists all violations.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal void Validate()
    {
        var wrong = new List<string>();
        if (Port is < 0 or > 65535)
            wrong.Add(Invariant.Text($"{nameof(Port)} is {Port}, expected 0..65535"));
        if (GrpcPort is < 0 or > 65535)
            wrong.Add(Invariant.Text($"{nameof(GrpcPort)} is {GrpcPort}, expected 0..65535"));
        if (DeepStackMax is < 1 or > 10_000)
            wrong.Add(Invariant.Text($"{nameof(DeepStackMax)} is {DeepStackMax}, expected 1..10000"));
        if (MemoryCapBytes is < 1)
            wrong.Add(Invariant.Text($"{nameof(MemoryCapBytes)} is {MemoryCapBytes}, expected at least 1"));
        if (!Enum.IsDefined(UrlInputs))
            wrong.Add($"{nameof(UrlInputs)} is {UrlInputs}, expected {UrlInputs.Off} or {UrlInputs.Public}");
        if (DrainDelay < TimeSpan.Zero || ShutdownTimeout <= DrainDelay)
            wrong.Add($"{nameof(DrainDelay)} is {DrainDelay}, expected 0 or more and less than {nameof(ShutdownTimeout)} "
                + $"({ShutdownTimeout})");
        foreach (string origin in CorsOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https")
                || address.PathAndQuery != "/" || origin.EndsWith('/'))
                wrong.Add($"{nameof(CorsOrigins)} has '{origin}', expected an origin such as https://example.org");
        }

        if (!IPAddress.IsLoopback(Host) && KeyFile is null && !Insecure)
            wrong.Add(
                $"{nameof(Host)} is {Host}, which others can reach, and there is no {nameof(KeyFile)}: name a file of keys "
                    + $"(--key-file), or say that everybody may use the server (--insecure)");
        wrong.AddRange(Batching.Violations());
        wrong.AddRange(Limits.Violations());
        if (wrong.Count > 0)
            throw new ArgumentException("server options: " + string.Join("; ", wrong));
    }
}

/// <summary>Limits of what a request may bring and how long it may take.</summary>
public sealed record RequestLimits
{
    /// <summary>Bytes of a request's body.</summary>
    public long MaxBodyBytes { get; init; } = 20L << 20;

    /// <summary>Pixels of an image, by its header; see <see cref="ImageLimits.MaxPixels"/>.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Width and height of an image, by its header.</summary>
    public int MaxSide { get; init; } = 16_384;

    /// <summary>Images of one request.</summary>
    public int MaxImages { get; init; } = 32;

    /// <summary>Connections at a time.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Time from a request's arrival to its answer where it names none (<c>X-Timeout-Ms</c>).</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time that a request may ask for.</summary>
    public TimeSpan MaxDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes a second that a client must send once its body is 5 seconds old.</summary>
    public int MinBodyBytesPerSecond { get; init; } = 240;

    internal ImageLimits Image => new() { MaxPixels = MaxPixels, MaxSide = MaxSide, MaxFileBytes = MaxBodyBytes };

    internal IEnumerable<string> Violations()
    {
        if (MaxBodyBytes is < 1 or > 1L << 30)
            yield return Invariant.Text($"{nameof(MaxBodyBytes)} is {MaxBodyBytes}, expected 1..{1L << 30}");
        if (MaxPixels is < 1 or > int.MaxValue / 3)
            yield return Invariant.Text($"{nameof(MaxPixels)} is {MaxPixels}, expected 1..{int.MaxValue / 3}");
        if (MaxSide < 1)
            yield return Invariant.Text($"{nameof(MaxSide)} is {MaxSide}, expected at least 1");
        if (MaxImages is < 1 or > 1024)
            yield return Invariant.Text($"{nameof(MaxImages)} is {MaxImages}, expected 1..1024");
        if (MaxConnections < 1)
            yield return Invariant.Text($"{nameof(MaxConnections)} is {MaxConnections}, expected at least 1");
        if (Deadline <= TimeSpan.Zero || MaxDeadline < Deadline)
            yield return
                $"{nameof(Deadline)} is {Deadline}, expected more than 0 and at most {nameof(MaxDeadline)} ({MaxDeadline})";
        if (MinBodyBytesPerSecond < 1)
            yield return Invariant.Text($"{nameof(MinBodyBytesPerSecond)} is {MinBodyBytesPerSecond}, expected at least 1");
    }
}
