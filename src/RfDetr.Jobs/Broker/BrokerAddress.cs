namespace RfDetr.Jobs;

/// <summary>The address of a RabbitMQ broker with what logs in there; its text never holds the password.</summary>
/// <param name="Host">The broker's host.</param>
/// <param name="Port">Its port: 5672, with TLS 5671.</param>
/// <param name="VirtualHost">The virtual host that holds the queues.</param>
/// <param name="User">The user.</param>
/// <param name="Tls">True for <c>amqps://</c>: encrypted, and the broker's certificate is checked.</param>
internal sealed record BrokerAddress(string Host, int Port, string VirtualHost, string User, bool Tls)
{
    /// <summary>The variable that holds the address, so that no password stands in a list of processes.</summary>
    public const string Variable = "RFDETR_BROKER";

    /// <summary>The variable that holds the password where the address has none.</summary>
    public const string PasswordVariable = "RFDETR_BROKER_PASSWORD";

    private const string Form = "amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps://… with TLS";

    /// <summary>
    /// A file of certificates (PEM) that the broker's may be signed by, beside the system's; null for the system's alone.
    /// </summary>
    public string? AuthorityFile { get; init; }

    /// <summary>A file with this client's certificate and key (PKCS #12 without a password); null for none.</summary>
    public string? ClientCertificateFile { get; init; }

    private string Password { get; init; } = "guest";

    /// <summary>Reads an address.</summary>
    /// <param name="text">
    /// <c>amqp://USER:PASSWORD@HOST:PORT/VHOST</c>; parts that need it are percent-encoded (<c>%2F</c>). After a question mark
    /// <c>cacertfile=PATH</c> and <c>certfile=PATH</c>, RabbitMQ's own words.
    /// </param>
    /// <exception cref="ArgumentException">It is no such address; the message does not repeat it.</exception>
    public static BrokerAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0)
        {
            throw new ArgumentException(
                $"the broker's address cannot be read; it has the form {Form} (percent-encode # / @ : in passwords)");
        }

        if (uri.Scheme is not ("amqp" or "amqps"))
            throw new ArgumentException($"the broker's address begins with '{uri.Scheme}:'; it has the form {Form}");
        string[] parts = uri.UserInfo.Split(':', 2);
        bool tls = uri.Scheme == "amqps";
        string path = uri.AbsolutePath.TrimStart('/');
        if (path.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException("the virtual host in the broker's address has a slash: write it as %2F");
        string? password = parts.Length > 1
            ? Uri.UnescapeDataString(parts[1])
            : Environment.GetEnvironmentVariable(PasswordVariable);
        var address = new BrokerAddress(
            uri.IdnHost.Trim('[', ']'), uri.Port > 0 ? uri.Port : tls ? 5671 : 5672,
            path.Length == 0 ? "/" : Uri.UnescapeDataString(path),
            parts[0].Length > 0 ? Uri.UnescapeDataString(parts[0]) : "guest", tls)
        {
            Password = password ?? "guest",
        };
        foreach ((string setting, string value) in AddressText.Settings(uri))
        {
            address = setting switch
            {
                "cacertfile" => address with { AuthorityFile = Existing(setting, value) },
                "certfile" => address with { ClientCertificateFile = Existing(setting, value) },
                _ => throw new ArgumentException(
                    $"the broker's address has the unknown setting '{setting}'; there are cacertfile and certfile"),
            };
        }

        if (!tls && (address.AuthorityFile ?? address.ClientCertificateFile) is not null)
            throw new ArgumentException("the broker's address names certificates but begins with amqp:; write amqps:");
        return address;
    }

    /// <summary>The address of an option, or else of <see cref="Variable"/>; null where neither names one.</summary>
    public static BrokerAddress? Find(string? option) =>
        (string.IsNullOrEmpty(option) ? Environment.GetEnvironmentVariable(Variable) : option) is { Length: > 0 } text
            ? Parse(text)
            : null;

    /// <summary>The password, for whoever logs in.</summary>
    public string Secret() => Password;

    /// <summary>The address without the password.</summary>
    public override string ToString()
    {
        string path = VirtualHost == "/" ? "" : "/" + Uri.EscapeDataString(VirtualHost);
        string scheme = Tls ? "amqps" : "amqp";
        return Invariant.Text($"{scheme}://{Uri.EscapeDataString(User)}@{AddressText.Host(Host)}:{Port}{path}");
    }

    private static string Existing(string setting, string path) => File.Exists(path)
        ? path
        : throw new ArgumentException($"the broker's address names {setting} '{path}', which is not there");
}
