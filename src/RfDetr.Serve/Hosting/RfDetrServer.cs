using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace RfDetr.Serve;

/// <summary>
/// The HTTP server: <c>await using RfDetrServer server = await RfDetrServer.StartAsync(new ServeOptions());</c>. Several may run
/// in one process. All members may be called from any thread.
/// </summary>
public sealed class RfDetrServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServeOptions _options;
    private int _stopped;

    private RfDetrServer(WebApplication app, ServeOptions options) => (_app, _options) = (app, options);

    /// <summary>The address it listens on, such as <c>http://127.0.0.1:9001</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The address of gRPC; null if there is none.</summary>
    public Uri? GrpcAddress { get; private set; }

    internal IServiceProvider Services => _app.Services;

    /// <summary>
    /// Starts to listen, loads and warms the models, and returns when the server is ready. While models load, requests are
    /// answered with 503 <c>loading</c>.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, or a model or key file is not what it must be.
    /// </exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<RfDetrServer> StartAsync(ServeOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        WebApplication app = Build(options);
        var server = new RfDetrServer(app, options);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            server.FindAddresses();
            await app.Services.GetRequiredService<ModelRegistry>().StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Drains: says on <c>/readiness</c> that it stops, accepts requests for <see cref="ServeOptions.DrainDelay"/> more, finishes
    /// those that are there, and frees the models. Returns after <see cref="ServeOptions.ShutdownTimeout"/> at the latest.
    /// </summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        using var limit = new CancellationTokenSource(_options.ShutdownTimeout);
        ServerState state = _app.Services.GetRequiredService<ServerState>();
        state.Drain();
        await Task.Delay(_options.DrainDelay, CancellationToken.None).ConfigureAwait(false);
        state.Stop();
        await _app.StopAsync(limit.Token).ConfigureAwait(false);
    }

    /// <summary>Stops without the delay of a drain, unless <see cref="StopAsync"/> was called before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            ServerState state = _app.Services.GetRequiredService<ServerState>();
            state.Drain();
            state.Stop();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await _app.StopAsync(limit.Token).ConfigureAwait(false);
        }

        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(ServeOptions options)
    {
        // An empty builder: no settings from files or variables that happen to lie around.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (options.CertificateFile is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
        IServiceCollection services = builder.Services;
        services.AddRoutingCore();
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        ServerParts.Add(services, options);
        WebApplication app = builder.Build();
        ServerParts.Map(app, options);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, ServeOptions options)
    {
        kestrel.AddServerHeader = false;
        // Our own limit is smaller: what is beyond it is read and thrown away for some seconds, or the client, which still sends,
        // would see a broken connection in place of the answer.
        kestrel.Limits.MaxRequestBodySize = 4 * options.Limits.MaxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.Limits.MaxConnections;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(options.Limits.MinBodyBytesPerSecond, TimeSpan.FromSeconds(5));
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Listen(options.Host, options.Port, listen =>
        {
            listen.Protocols = options.CertificateFile is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            UseTls(listen, options);
        });
        if (options.GrpcPort is { } grpc)
        {
            kestrel.Listen(options.Host, grpc, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                UseTls(listen, options);
            });
        }
    }

    private static void UseTls(ListenOptions listen, ServeOptions options)
    {
        if (options.CertificateFile is not { } file)
            return;
        string? password = options.CertificatePasswordVariable is { } variable ? Environment.GetEnvironmentVariable(variable)
            : null;
        listen.UseHttps(file, password);
    }

    private void FindAddresses()
    {
        string[] addresses =
            [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        Address = new Uri(addresses[0]);
        GrpcAddress = _options.GrpcPort is null ? null : new Uri(addresses[1]);
    }

    /// <summary>Signals belong to the program; a library leaves them alone.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
