using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RfDetr.Jobs.Tests;

/// <summary>
/// Debian's RabbitMQ on free ports of the loopback, its files in a temporary folder: broker, distribution and port mapper are its
/// own, and end with it.
/// </summary>
internal sealed class RabbitServer : IAsyncDisposable
{
    public const string User = "worker", Password = "a/b#c:d@e%";

    private const string Programs = "/usr/lib/rabbitmq/bin";

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Next(), _tlsPort = FreePort.Next();
    private readonly int _distribution = FreePort.Next(), _mapperPort = FreePort.Next();
    private ServerProcess? _mapper, _broker;

    private RabbitServer()
    {
    }

    /// <summary>The reason why there is no such server here; null if there is.</summary>
    public static string? Missing => Directory.Exists(Programs) && File.Exists("/usr/bin/epmd")
        ? null
        : "RabbitMQ is not installed (Debian: rabbitmq-server)";

    public BrokerAddress Address => BrokerAddress.Parse(Text());

    /// <summary>The port with TLS; its certificate is signed by <see cref="AuthorityFile"/>.</summary>
    public int TlsPort => _tlsPort;

    public int Port => _port;

    public string AuthorityFile => _folder["authority.pem"];

    private string PidFile => _folder["pid"];

    /// <param name="settings">Further settings of the application <c>rabbit</c>, as Erlang has them.</param>
    public static async Task<RabbitServer> StartAsync(params string[] settings)
    {
        var server = new RabbitServer();
        try
        {
            server.Prepare(settings);
            await server.BeginAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address with other parts.</summary>
    public string Text(string? user = null, string? password = null, string vhost = "", int? port = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"amqp://{user ?? User}:{Uri.EscapeDataString(password ?? Password)}@127.0.0.1:{port ?? _port}{vhost}");

    /// <summary>Ends the broker and starts it again on its files.</summary>
    /// <param name="crash">True to end it as a power failure would.</param>
    public async Task RestartAsync(bool crash)
    {
        if (crash)
        {
            using var beam = Process.GetProcessById(
                int.Parse(await File.ReadAllTextAsync(PidFile), CultureInfo.InvariantCulture));
            beam.Kill(entireProcessTree: true);
            await beam.WaitForExitAsync();
        }

        await _broker!.DisposeAsync();
        _broker = null;
        await BeginAsync();
    }

    /// <summary>Runs rabbitmqctl.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo($"{Programs}/rabbitmqctl")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["--quiet", "--node", Node, .. arguments])
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in Variables())
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"rabbitmqctl: {output} {await errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
        if (_mapper is not null)
            await _mapper.DisposeAsync();
        _folder.Dispose();
    }

    private string Node => string.Create(CultureInfo.InvariantCulture, $"t{_port}@localhost");

    private void Prepare(string[] settings)
    {
        // The other file takes what follows a # for a comment.
        settings = [$"{{default_user, <<\"{User}\">>}}", $"{{default_pass, <<\"{Password}\">>}}", .. settings];
        File.WriteAllText(_folder["advanced.config"], $"[{{rabbit, [{string.Join(", ", settings)}]}}].");
        Directory.CreateDirectory(_folder["home"]);
        WriteCertificates();
        File.WriteAllText(_folder["plugins"], "[].");
        File.WriteAllLines(
            _folder["rabbitmq.conf"],
            [
                string.Create(CultureInfo.InvariantCulture, $"listeners.tcp.1 = 127.0.0.1:{_port}"),
                string.Create(CultureInfo.InvariantCulture, $"listeners.ssl.1 = 127.0.0.1:{_tlsPort}"),
                $"ssl_options.cacertfile = {AuthorityFile}",
                $"ssl_options.certfile = {_folder["server.pem"]}",
                $"ssl_options.keyfile = {_folder["server.key"]}",
                "ssl_options.verify = verify_none",
                "log.console = true",
                "log.console.level = warning",
                "disk_free_limit.absolute = 50MB",
            ]);
    }

    // The broker refuses to start where the port mapper does not answer in time, as on a busy machine: it gets three tries.
    private async Task BeginAsync()
    {
        _mapper ??= new ServerProcess(
            "TERM", Variables(), "/usr/bin/epmd", "-port", _mapperPort.ToString(CultureInfo.InvariantCulture),
            "-address", "127.0.0.1");
        var printed = new List<string>();
        while (printed.Count < 3)
        {
            _broker = new ServerProcess("TERM", Variables(), $"{Programs}/rabbitmq-server");
            if (await AnswersAsync(_broker))
                return;
            printed.Add(await _broker.PrintedAsync());
            await _broker.DisposeAsync();
            _broker = null;
        }

        throw new InvalidOperationException($"RabbitMQ ended before it answered:\n{string.Join("\n", printed)}");
    }

    // False if it ended.
    private async Task<bool> AnswersAsync(ServerProcess broker)
    {
        for (int tries = 0; !broker.HasExited; tries++)
        {
            try
            {
                await (await BrokerConnection.OpenAsync(Address, "test", CancellationToken.None)).DisposeAsync();
                return true;
            }
            catch (JobException e) when (tries < 1200 && !e.Message.Contains("refused: wrong", StringComparison.Ordinal))
            {
                await Task.Delay(250); // twenty seconds on an idle machine, minutes on a busy one
            }
        }

        return false;
    }

    private Dictionary<string, string> Variables() => new()
    {
        ["HOME"] = _folder["home"],
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_EPMD_PORT"] = _mapperPort.ToString(CultureInfo.InvariantCulture),
        ["RABBITMQ_NODENAME"] = Node,
        ["RABBITMQ_DIST_PORT"] = _distribution.ToString(CultureInfo.InvariantCulture),
        ["RABBITMQ_CONFIG_FILE"] = _folder["rabbitmq.conf"],
        ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = _folder["advanced.config"],
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _folder["plugins"],
        ["RABBITMQ_FEATURE_FLAGS_FILE"] = _folder["features"],
        ["RABBITMQ_GENERATED_CONFIG_DIR"] = _folder["generated"],
        ["RABBITMQ_MNESIA_BASE"] = _folder["data"],
        ["RABBITMQ_LOG_BASE"] = _folder["log"],
        ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_PID_FILE"] = PidFile,
        // Schedulers that wait without spinning: the machine has other work.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
            "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
    };

    private void WriteCertificates()
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1), until = DateTimeOffset.UtcNow.AddDays(2);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=RfDetr test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 signer = authority.CreateSelfSigned(from, until);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = server.Create(signer, from, until, [1, 2, 3, 4]);
        File.WriteAllText(AuthorityFile, signer.ExportCertificatePem());
        File.WriteAllText(_folder["server.pem"], signed.ExportCertificatePem());
        File.WriteAllText(_folder["server.key"], key.ExportPkcs8PrivateKeyPem());
    }
}

/// <summary>One broker for the tests of a collection; starting one takes longer than all of them.</summary>
public sealed class RabbitFixture : IAsyncLifetime
{
    private RabbitServer? _server;

    internal RabbitServer Server
    {
        get
        {
            Skip.If(RabbitServer.Missing is not null, RabbitServer.Missing);
            return _server!;
        }
    }

    public async Task InitializeAsync()
    {
        if (RabbitServer.Missing is null)
            _server = await RabbitServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class RabbitCollection : ICollectionFixture<RabbitFixture>
{
    public const string Name = "RabbitMQ";
}
