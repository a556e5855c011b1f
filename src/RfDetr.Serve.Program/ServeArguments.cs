using System.CommandLine;
using System.Globalization;
using System.Net;
using RfDetr.Cli.Framework;
using RfDetr.Onnx;

namespace RfDetr.Serve;

/// <summary>The arguments of <c>rfdetr serve</c> and the option records they become.</summary>
internal sealed class ServeArguments
{
    private readonly Option<IPAddress?> _host = OptionsOf.Make<IPAddress?>(
        "--host", "ADDRESS", "Address to listen on (default 127.0.0.1); one that others reach needs --key-file or --insecure.",
        ParseHost);
    private readonly Option<int?> _port = OptionsOf.Make<int?>(
        "--port", "P",
        $"Port (default {ServeOptions.DefaultPort}); 0 or - takes a free one, which the line 'listening on' tells.",
        ParsePort);
    private readonly Option<int?> _grpcPort = OptionsOf.Make<int?>(
        "--grpc-port", "P", "Also serve KServe v2 by gRPC on this port; 0 or - takes a free one.", ParsePort);
    private readonly Option<ModelChoice[]> _models = OptionsOf.Repeat<ModelChoice>(
        "--model", "MODEL[=ALIAS,…]",
        "A model, by file or by name, and further names for it in requests; may be repeated (default demo).",
        text => [ModelChoice.Parse(text)]);
    private readonly Option<bool> _accept =
        OptionsOf.Flag("--accept-license", "You have read and accept the license of weights that ask for it (PML-1.0).");
    private readonly Option<ExecutionProvider[]> _providers = OptionsOf.Repeat<ExecutionProvider>(
        "--provider", "P", "Run in ONNX Runtime on this provider: cpu, cuda, tensorrt, …; repeat for second choices.",
        text => [ExecutionProvider.Parse(text)]);
    private readonly Option<int?> _threads =
        OptionsOf.Whole("--threads", "N", "Threads of one run (default: the cores divided by --instances).", 1, 1024);
    private readonly Option<int?> _instances =
        OptionsOf.Whole("--instances", "N", "Runs of a model's network at a time (default 1).", 1, 64);
    private readonly Option<int?> _maxBatch = OptionsOf.Whole(
        "--max-batch", "B", "Most images of one run (default 1 on the CPU, 8 on accelerators).", 1, 256);
    private readonly Option<int?> _maxDelay = OptionsOf.Whole(
        "--max-delay", "MS", "Longest wait for a batch to fill (default 0 on the CPU, 2 on accelerators).", 0, 10_000);
    private readonly Option<int?> _queue =
        OptionsOf.Whole(
            "--queue", "N", "Images that may wait for a model; more are refused with 503 (default 64).", 1, 1_000_000);
    private readonly Option<long?> _queueBytes = Bytes("--queue-bytes", "Bytes that waiting images may hold (default 512M).");
    private readonly Option<int?> _deadline = OptionsOf.Whole(
        "--deadline", "MS", "Time for a request that names none with X-Timeout-Ms (default 30000).", 1, 300_000);
    private readonly Option<long?> _maxBody = Bytes("--max-body", "Bytes of a request's body (default 20M).");
    private readonly Option<int?> _maxPixels =
        OptionsOf.Whole("--max-pixels", "N", "Pixels of an image, by its header (default 50000000).", 1, int.MaxValue / 3);
    private readonly Option<int?> _maxImages =
        OptionsOf.Whole("--max-images", "N", "Images of one request (default 32).", 1, 1024);
    private readonly Option<long?> _memoryCap = Bytes(
        "--memory-cap", "Memory of all models together, such as 2G; the one used longest ago makes room for another.");
    private readonly Option<string?> _keyFile = OptionsOf.Text(
        "--key-file", "FILE", "Keys of clients: lines NAME DIGEST RIGHTS [RATE] (see --make-key).");
    private readonly Option<bool> _insecure =
        OptionsOf.Flag("--insecure", "Serve everybody who reaches the server, without keys, also beyond this machine.");
    private readonly Option<string?> _urlInputs = OptionsOf.Choice(
        "--url-inputs", "Whether images are fetched from addresses: off (the default), or from the public internet.", "off",
        "public");
    private readonly Option<string[]> _cors = OptionsOf.Names(
        "--cors", "ORIGIN,…", "Origins whose pages may call the server, such as https://example.org; may be repeated.");
    private readonly Option<string?> _certificate =
        OptionsOf.Text("--certificate", "FILE", "Serve https with this PKCS#12 file.");
    private readonly Option<string?> _certificatePassword = OptionsOf.Text(
        "--certificate-password-variable", "NAME", "The environment variable that holds the certificate file's password.");
    private readonly Option<int?> _deepStackMax =
        OptionsOf.Whole("--deepstack-max", "N", "Most objects in an answer of the DeepStack routes (default 20).", 1, 10_000);
    private readonly Option<string[]> _deepStackLabels = OptionsOf.Names(
        "--deepstack-labels", "A,B", "Labels that answers of the DeepStack routes may have; all by default.");
    private readonly Option<int?> _drain = OptionsOf.Whole(
        "--drain", "MS", "Time after SIGTERM in which requests are still accepted (default 5000).", 0, 600_000);
    private readonly Option<int?> _shutdown = OptionsOf.Whole(
        "--shutdown-timeout", "MS", "Longest time from SIGTERM to the end (default 30000).", 1, 3_600_000);
    private readonly Option<IPNetwork[]> _trusted = OptionsOf.Repeat<IPNetwork>(
        "--trust-proxy", "NETWORK", "Believe X-Forwarded-For of proxies in this network, such as 10.0.0.0/8; may be repeated.",
        text => IPNetwork.TryParse(text, out IPNetwork network)
            ? [network]
            : throw new FormatException("is no network such as 10.0.0.0/8"));
    private readonly Option<Uri?> _otlp = OptionsOf.Make<Uri?>(
        "--otlp", "URL", "Send traces and metrics to this OpenTelemetry collector (gRPC).", ParseAddress);
    private readonly Option<bool> _noLog = OptionsOf.Flag("--no-log", "Write no line for each request.");

    public Option<string?> MakeKey { get; } = OptionsOf.Text(
        "--make-key", "NAME", "Make a key, print the line for --key-file and, on standard error, the key; then end.");

    public Option<bool> Tune { get; } = OptionsOf.Flag(
        "--tune", "Measure which batch, instances and threads are the quickest here, say what was found, and end.");

    public Option<Uri?> Check { get; } = OptionsOf.Make<Uri?>(
        "--check", "URL", "Ask the server at URL whether it is healthy, and end: 0 if it is, 1 if not.", ParseAddress);

    public Option<bool> Verbose { get; } = OptionsOf.Flag("--verbose", "With errors, show where they come from (stack trace).");

    /// <summary>In the order of the help text.</summary>
    public IEnumerable<Option> All =>
    [
        _host, _port, _grpcPort, _models, _accept, _providers, _threads, _instances, _maxBatch, _maxDelay, _queue, _queueBytes,
        _deadline, _maxBody, _maxPixels, _maxImages, _memoryCap, _keyFile, MakeKey, _insecure, _urlInputs, _cors, _certificate,
        _certificatePassword, _deepStackMax, _deepStackLabels, _drain, _shutdown, _trusted, _otlp,
        _noLog, Tune, Check, Verbose,
    ];

    public ServeOptions Options(ParseResult parsed, TextWriter log)
    {
        var defaults = new ServeOptions();
        BatchOptions batching = defaults.Batching;
        RequestLimits limits = defaults.Limits;
        ExecutionProvider[] providers = parsed.GetValue(_providers) ?? [];
        TimeSpan deadline = Ms(parsed.GetValue(_deadline)) ?? limits.Deadline;
        TimeSpan drain = Ms(parsed.GetValue(_drain)) ?? defaults.DrainDelay;
        TimeSpan shutdown = Ms(parsed.GetValue(_shutdown)) ?? defaults.ShutdownTimeout;
        return defaults with
        {
            Host = parsed.GetValue(_host) ?? defaults.Host,
            Port = parsed.GetValue(_port) ?? defaults.Port,
            GrpcPort = parsed.GetValue(_grpcPort),
            Models = parsed.GetValue(_models) ?? [],
            Engine = providers.Length > 0 ? new Engine.OnnxRuntime { Providers = providers } : Engine.Auto,
            AcceptLicense = parsed.GetValue(_accept),
            Batching = batching with
            {
                MaxBatch = parsed.GetValue(_maxBatch),
                MaxDelay = Ms(parsed.GetValue(_maxDelay)),
                Instances = parsed.GetValue(_instances),
                Threads = parsed.GetValue(_threads),
                Queue = parsed.GetValue(_queue) ?? batching.Queue,
                QueueBytes = parsed.GetValue(_queueBytes) ?? batching.QueueBytes,
            },
            Limits = limits with
            {
                MaxBodyBytes = parsed.GetValue(_maxBody) ?? limits.MaxBodyBytes,
                MaxPixels = parsed.GetValue(_maxPixels) ?? limits.MaxPixels,
                MaxImages = parsed.GetValue(_maxImages) ?? limits.MaxImages,
                Deadline = deadline,
            },
            KeyFile = parsed.GetValue(_keyFile),
            Insecure = parsed.GetValue(_insecure),
            UrlInputs = parsed.GetValue(_urlInputs) == "public" ? UrlInputs.Public : UrlInputs.Off,
            CorsOrigins = parsed.GetValue(_cors) ?? [],
            TrustedProxies = parsed.GetValue(_trusted) ?? [],
            MemoryCapBytes = parsed.GetValue(_memoryCap),
            CertificateFile = parsed.GetValue(_certificate),
            CertificatePasswordVariable = parsed.GetValue(_certificatePassword),
            DeepStackMax = parsed.GetValue(_deepStackMax) ?? defaults.DeepStackMax,
            DeepStackLabels = parsed.GetValue(_deepStackLabels) ?? [],
            DrainDelay = drain,
            ShutdownTimeout = shutdown,
            Log = parsed.GetValue(_noLog) ? null : log,
            OtlpEndpoint = parsed.GetValue(_otlp),
        };
    }

    private static TimeSpan? Ms(int? value) => value is { } ms ? TimeSpan.FromMilliseconds(ms) : null;

    private static IPAddress ParseHost(string text) => text.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        ? IPAddress.Loopback
        : IPAddress.TryParse(text, out IPAddress? address)
            ? address
            : throw new FormatException("is no address such as 127.0.0.1, 0.0.0.0 or ::1");

    private static int? ParsePort(string text) => text == "-"
        ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535
            ? port
            : throw new FormatException("is no port from 1 to 65535, and neither 0 nor -");

    private static Uri ParseAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new FormatException("is not an address such as http://127.0.0.1:9001");

    private static Option<long?> Bytes(string name, string description) =>
        OptionsOf.Make<long?>(name, "BYTES", description, text =>
    {
        int shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        string digits = shift > 0 ? text[..^1] : text;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            && value >= 1 && value <= long.MaxValue >> shift
            ? value << shift
            : throw new FormatException("is no number of bytes such as 1000000, 512M or 2G");
    });
}
