using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RfDetr.Jobs;

/// <summary>Opens connections to RabbitMQ and says in one line why it could not.</summary>
/// <remarks>
/// The client's automatic recovery is off: it hands old deliveries to new channels, and an acknowledgment of one of these closes
/// the channel. Whoever uses a connection opens a new one when it is lost.
/// </remarks>
internal static class BrokerConnection
{
    private const int NotAllowed = 530;

    // The client has limits for connecting (10 s) and for the handshake (15 s), but may wait for good after the second one.
    private static readonly TimeSpan s_open = TimeSpan.FromSeconds(40), s_close = TimeSpan.FromSeconds(5);

    /// <summary>Opens a connection.</summary>
    /// <exception cref="JobException">The broker is not there, or refuses.</exception>
    public static async Task<IConnection> OpenAsync(BrokerAddress address, string purpose, CancellationToken cancellationToken)
    {
        ConnectionFactory factory = FactoryOf(address, purpose);
        IConnection? connection = null;
        try
        {
            connection = await BrokerWait.ForAsync(
                null, s_open, end => factory.CreateConnectionAsync(end), cancellationToken).ConfigureAwait(false);
            // The client does not wait for the answer about the virtual host; it comes with the first channel.
            IConnection open = connection;
            await BrokerWait.ForAsync(
                null, BrokerWait.Answer,
                async end =>
                {
                    IChannel channel = await open.CreateChannelAsync(cancellationToken: end).ConfigureAwait(false);
                    await channel.CloseAsync(end).ConfigureAwait(false);
                    await channel.DisposeAsync().ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e) when (e is BrokerUnreachableException or AuthenticationFailureException
            or OperationInterruptedException or IOException or SocketException or AuthenticationException or TimeoutException)
        {
            if (connection is not null)
                await CloseAsync(connection).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new JobException($"broker {address}: {Reason(address, e)}", e);
        }
    }

    /// <summary>True if an operation failed because its connection or channel has gone.</summary>
    public static bool IsLost(Exception e) => e is AlreadyClosedException or OperationInterruptedException or IOException
        or SocketException or ObjectDisposedException or TimeoutException or ChannelClosedException;

    /// <summary>The sentence for a failed operation on an open connection.</summary>
    public static JobException Failed(BrokerAddress address, string work, Exception e) =>
        new($"broker {address}: {work}: {(e is OperationInterruptedException o ? Reply(o) : AddressText.Reason(e.Message))}", e);

    /// <summary>Closes a connection; one that has gone already is no error.</summary>
    public static async ValueTask CloseAsync(IConnection connection)
    {
        try
        {
            await BrokerWait.ForAsync(
                null, BrokerWait.Farewell,
                async end =>
                {
                    if (connection.IsOpen)
                    {
                        await connection.CloseAsync(Constants.ReplySuccess, "done", s_close, abort: true, end)
                            .ConfigureAwait(false);
                    }

                    await connection.DisposeAsync().ConfigureAwait(false);
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLost(e))
        {
            // The broker sees the end of its heartbeats.
        }
    }

    private static ConnectionFactory FactoryOf(BrokerAddress address, string purpose) => new()
    {
        HostName = address.Host,
        Port = address.Port,
        VirtualHost = address.VirtualHost,
        UserName = address.User,
        Password = address.Secret(),
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        ClientProvidedName = Invariant.Text($"rfdetr {purpose} {Environment.MachineName}/{Environment.ProcessId}"),
        RequestedConnectionTimeout = TimeSpan.FromSeconds(10),
        HandshakeContinuationTimeout = TimeSpan.FromSeconds(15),
        ContinuationTimeout = TimeSpan.FromMinutes(1), // a quorum queue is declared when most of its members are there
        RequestedHeartbeat = TimeSpan.FromSeconds(20),
        Ssl = address.Tls ? TlsOf(address) : new SslOption(),
    };

    private static SslOption TlsOf(BrokerAddress address)
    {
        var tls = new SslOption(address.Host, enabled: true) { Version = SslProtocols.None }; // the system's choice: 1.2 and 1.3
        if (address.AuthorityFile is { } authority)
        {
            var own = new X509Certificate2Collection();
            own.ImportFromPemFile(authority);
            tls.AcceptablePolicyErrors = SslPolicyErrors.RemoteCertificateChainErrors;
            tls.CertificateValidationCallback = (_, certificate, _, errors) => Trusts(own, certificate, errors);
        }

        if (address.ClientCertificateFile is { } client)
            tls.Certs = [X509CertificateLoader.LoadPkcs12FromFile(client, null)];
        return tls;
    }

    /// <summary>True if the name is right and the certificate leads to one of ours.</summary>
    private static bool Trusts(X509Certificate2Collection own, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(own);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a private authority has no list on the network
        using var checkedOne = new X509Certificate2(certificate);
        return chain.Build(checkedOne);
    }

    private static string Reason(BrokerAddress address, Exception e)
    {
        List<Exception> causes = [.. Causes(e)];
        if (causes.OfType<AuthenticationException>().LastOrDefault() is { } tls)
        {
            return $"TLS failed: {AddressText.Reason(tls.Message)}; a private authority's certificate is named by "
                + "amqps://…?cacertfile=PATH";
        }

        if (causes.Any(c => c is AuthenticationFailureException or PossibleAuthenticationFailureException))
        {
            return $"user '{address.User}' was refused: wrong name or password "
                + $"(the password is part of {BrokerAddress.Variable} or stands in {BrokerAddress.PasswordVariable}; "
                + "'guest' may only log in from the broker's own machine)";
        }

        if (causes.OfType<OperationInterruptedException>().FirstOrDefault(c => c.ShutdownReason?.ReplyCode == NotAllowed)
            is { } refused)
        {
            return $"virtual host '{address.VirtualHost}' was refused to user '{address.User}': {Reply(refused)} "
                + $"(rabbitmqctl add_vhost, rabbitmqctl set_permissions)";
        }

        if (causes.OfType<SocketException>().LastOrDefault() is { SocketErrorCode: not SocketError.ConnectionReset } socket)
            return $"it cannot be reached: {AddressText.Reason(socket.Message)}; does RabbitMQ run there, and on this port?";
        string tlsHint = address.Tls ? "; does this port speak TLS?" : "; does this port speak AMQP without TLS?";
        return $"no connection: {AddressText.Reason(causes[^1].Message)}{tlsHint}";
    }

    private static string Reply(OperationInterruptedException e) =>
        AddressText.Reason(e.ShutdownReason is { } reason ? reason.ReplyText : e.Message);

    private static IEnumerable<Exception> Causes(Exception e)
    {
        yield return e;
        IEnumerable<Exception> inner = e is AggregateException many ? many.InnerExceptions
            : e.InnerException is { } one ? [one] : [];
        foreach (Exception cause in inner.SelectMany(Causes))
            yield return cause;
    }
}
