using System.Globalization;
using Npgsql;

namespace RfDetr.Jobs.Tests;

/// <summary>Debian's PostgreSQL on a free port of the loopback, its files in a temporary folder.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    public const string Password = "p/q#r:s@t%";

    private const string Programs = "/usr/lib/postgresql";

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Next();
    private ServerProcess? _server;

    private PostgresServer()
    {
    }

    /// <summary>The reason why there is no such server here; null if there is.</summary>
    public static string? Missing => Directory.Exists(Programs) && Directory.GetDirectories(Programs).Any(HasServer)
        ? null
        : "PostgreSQL is not installed (Debian: postgresql)";

    public string Text => Address();

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        try
        {
            await server.PrepareAsync();
            await server.BeginAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public string Address(string user = "rfdetr", string password = Password, string database = "postgres", int? port = null) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"postgres://{user}:{Uri.EscapeDataString(password)}@127.0.0.1:{port ?? _port}/{database}");

    public async Task RestartAsync()
    {
        await _server!.DisposeAsync();
        _server = null;
        await BeginAsync();
    }

    public async Task<object?> AskAsync(string sql)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(PostgresAddress.Parse(Text).ConnectionString);
        await using NpgsqlCommand command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private static bool HasServer(string folder) => File.Exists(Path.Combine(folder, "bin", "postgres"));

    private static string Program(string name) =>
        Path.Combine(Directory.GetDirectories(Programs).Where(HasServer).Order(StringComparer.Ordinal).Last(), "bin", name);

    // PostgreSQL refuses to run as root.
    private static string[] AsUser(params string[] command) => Environment.UserName == "root"
        ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command]
        : command;

    private async Task PrepareAsync()
    {
        await File.WriteAllTextAsync(_folder["password"], Password);
        if (Environment.UserName == "root")
            await ServerProcess.RunAsync("/bin/chown", "-R", "postgres:postgres", Path.GetDirectoryName(_folder["password"])!);
        string[] make = AsUser(
            Program("initdb"), "-D", _folder["data"], "--username=rfdetr", $"--pwfile={_folder["password"]}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync");
        await ServerProcess.RunAsync(make[0], make[1..]);
    }

    private async Task BeginAsync()
    {
        string[] run = AsUser(
            Program("postgres"), "-D", _folder["data"], "-p", _port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder["data"]}", "-c", "fsync=off");
        _server = new ServerProcess("INT", new Dictionary<string, string>(), run[0], run[1..]);
        for (int tries = 0; ; tries++)
        {
            try
            {
                await AskAsync("select 1");
                return;
            }
            catch (NpgsqlException e)
            {
                if (_server.HasExited)
                    throw new InvalidOperationException($"PostgreSQL ended: {await _server.PrintedAsync()}", e);
                if (tries >= 1200)
                    throw;
                await Task.Delay(100);
            }
        }
    }
}

/// <summary>One database for the tests of a collection.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    internal PostgresServer Server
    {
        get
        {
            Skip.If(PostgresServer.Missing is not null, PostgresServer.Missing);
            return _server!;
        }
    }

    public async Task InitializeAsync()
    {
        if (PostgresServer.Missing is null)
            _server = await PostgresServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
