using Npgsql;

namespace RfDetr.Jobs;

/// <summary>The address of a PostgreSQL database; its text never holds the password.</summary>
internal sealed class PostgresAddress
{
    private const string Form = "postgres://USER:PASSWORD@HOST:PORT/DATABASE";

    private readonly NpgsqlConnectionStringBuilder _settings;

    private PostgresAddress(NpgsqlConnectionStringBuilder settings) => _settings = settings;

    /// <summary>The user; empty where Npgsql takes the system's or <c>PGUSER</c>.</summary>
    public string User => _settings.Username ?? "";

    public string Database => _settings.Database ?? "";

    /// <summary>The connection string with the password, for whoever connects.</summary>
    public string ConnectionString => _settings.ConnectionString;

    /// <summary>True if a text is an address of PostgreSQL.</summary>
    public static bool Is(string text) => text.StartsWith("postgres://", StringComparison.Ordinal)
        || text.StartsWith("postgresql://", StringComparison.Ordinal);

    /// <summary>
    /// Reads an address. Without a password, <c>PGPASSWORD</c> and <c>~/.pgpass</c> are asked, as every client of PostgreSQL
    /// does. After a question mark <c>sslmode=disable|prefer|require|verify-ca|verify-full</c> and <c>sslrootcert=PATH</c>.
    /// </summary>
    /// <exception cref="ArgumentException">It is no such address; the message does not repeat it.</exception>
    public static PostgresAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Is(text) || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0)
        {
            throw new ArgumentException(
                $"the address of the results' database cannot be read; it has the form {Form} "
                + "(percent-encode # / @ : in passwords)");
        }

        string database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        if (database.Length == 0)
            throw new ArgumentException($"the address of the results' database names no database; it has the form {Form}");
        string[] login = uri.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.IdnHost.Trim('[', ']'),
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = database,
            ApplicationName = "rfdetr jobs",
            Timeout = 10,
            CommandTimeout = 120,
            KeepAlive = 30,
            MaxPoolSize = 8,
        };
        if (login[0].Length > 0)
            settings.Username = Uri.UnescapeDataString(login[0]);
        if (login.Length > 1)
            settings.Password = Uri.UnescapeDataString(login[1]);
        foreach ((string setting, string value) in AddressText.Settings(uri))
            Set(settings, setting, value);
        return new PostgresAddress(settings);
    }

    /// <summary>The address without the password.</summary>
    public override string ToString()
    {
        string user = User.Length > 0 ? Uri.EscapeDataString(User) + "@" : "";
        string host = AddressText.Host(_settings.Host!);
        return Invariant.Text($"postgres://{user}{host}:{_settings.Port}/{Uri.EscapeDataString(Database)}");
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                settings.SslMode = value switch
                {
                    "disable" => SslMode.Disable,
                    "allow" => SslMode.Allow,
                    "prefer" => SslMode.Prefer,
                    "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA,
                    "verify-full" => SslMode.VerifyFull,
                    _ => throw new ArgumentException(
                        $"the address of the results' database has sslmode '{value}'; there are disable, allow, prefer, require, "
                        + "verify-ca, verify-full"),
                };
                break;
            case "sslrootcert":
                settings.RootCertificate = File.Exists(value) ? value : throw new ArgumentException(
                    $"the address of the results' database names sslrootcert '{value}', which is not there");
                break;
            default:
                throw new ArgumentException(
                    $"the address of the results' database has the unknown setting '{name}'; there are sslmode and "
                    + "sslrootcert");
        }
    }
}
