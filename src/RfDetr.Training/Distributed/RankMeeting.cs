using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RfDetr.Training;

/// <summary>
/// The processes of a run meet before libtorch joins them: rank 0 listens at its port, the others come and say who they are. What
/// would let them wait for each other in vain (a rank that is missing or came twice, another number of processes) becomes one
/// sentence, the same for all, and each learns by which of its addresses the others reach it.
/// </summary>
/// <remarks>
/// libtorch's store takes over the port afterwards. Where a launcher serves a store there already, it has placed the processes
/// itself, and there is no meeting.
/// </remarks>
internal sealed class RankMeeting
{
    // A process says its line at once; whoever does not is none.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10), s_retry = TimeSpan.FromMilliseconds(200),
        s_quiet = TimeSpan.FromSeconds(5), s_report = TimeSpan.FromSeconds(60);

    private const string Closed =
        "the connection was closed without an answer: the processes may have met without this one, or another program listens "
            + "there";

    // Connections at once of those who have not said yet who they are, beyond one for each process.
    private const int Strangers = 64;

    private readonly RankEnvironment _environment;
    private readonly RankHello _me;
    private readonly TimeSpan _timeout;
    private readonly Action<string> _note;

    private RankMeeting(RankEnvironment environment, RankHello me, TimeSpan timeout, Action<string> note) =>
        (_environment, _me, _timeout, _note) = (environment, me, timeout, note);

    private string Meeting => Invariant.Text($"{_environment.MasterAddress}:{_environment.MasterPort}");

    /// <summary>Waits until all are there; this machine's address by which the others reach it.</summary>
    /// <param name="environment">This process among the others.</param>
    /// <param name="me">What it says of itself.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="note">Hears what is waited for.</param>
    /// <exception cref="TrainingException">The group cannot be; the message says why and names the cure.</exception>
    public static string Attend(RankEnvironment environment, RankHello me, TimeSpan timeout, Action<string> note)
    {
        var meeting = new RankMeeting(environment, me, timeout, note);
        return (environment.Rank == 0 ? meeting.GatherAsync() : meeting.ComeAsync()).GetAwaiter().GetResult();
    }

    /// <summary>
    /// This machine's address on the way to rank 0: the system's own choice, for which nothing is sent. Null if there is no way.
    /// </summary>
    public static string? AddressTowards(string host, int port)
    {
        try
        {
            using var socket = new UdpClient(host, port);
            return Plain(socket.Client.LocalEndPoint);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // Rank 0.
    private async Task<string> GatherAsync()
    {
        using var stop = new CancellationTokenSource(_timeout);
        using TcpListener listener = Listen();
        var guests = new List<Guest>();
        var changed = new SemaphoreSlim(0);
        string? error = null;
        Task receiving = ReceiveAsync();
        try
        {
            TimeSpan quiet = s_quiet;
            while (error is null && Missing(guests) is { Length: > 0 } missing)
            {
                if (await changed.WaitAsync(quiet, stop.Token).ConfigureAwait(false))
                    continue;
                _note($"rank 0 waits at {Meeting} for ranks {missing}");
                quiet = s_report;
            }
        }
        catch (OperationCanceledException)
        {
            error = Invariant.Text(
                $"ranks {Missing(guests)} of {_me.World} did not come to {Meeting} within {_timeout.TotalSeconds:0.###} s "
                    + $"(rank_timeout): start them, and let their machines reach this port; WORLD_SIZE is the number of "
                    + $"processes")
                + Elsewhere();
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await receiving.ConfigureAwait(false);
        string mine = guests.Select(g => g.Here).FirstOrDefault(a => !IsLoopback(a))
            ?? guests.Select(g => g.Here).FirstOrDefault() ?? IPAddress.Loopback.ToString();
        using var answering = new CancellationTokenSource(s_patience);
        foreach (Guest guest in guests)
            await guest.AnswerAsync(error, mine, answering.Token).ConfigureAwait(false);
        return error is null ? mine : throw new TrainingException(error);

        async Task ReceiveAsync()
        {
            var greetings = new List<Task>();
            try
            {
                while (true)
                {
                    TcpClient client = await listener.AcceptTcpClientAsync(stop.Token).ConfigureAwait(false);
                    _ = greetings.RemoveAll(g => g.IsCompleted);
                    if (greetings.Count < _me.World + Strangers)
                        greetings.Add(GreetAsync(client));
                    else
                        client.Dispose();
                }
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(greetings).ConfigureAwait(false);
            }
        }

        async Task GreetAsync(TcpClient client)
        {
            RankHello? hello = null;
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                patience.CancelAfter(s_patience);
                hello = await RankLine.ReadAsync(client.GetStream(), RankJson.Default.RankHello, patience.Token)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // Somebody else's connection, or one that broke: the process comes again.
            }

            if (hello is null)
            {
                client.Dispose();
                return;
            }

            lock (guests)
            {
                _ = guests.RemoveAll(static g => g.HasLeft()); // and came again, started anew by its launcher
                error ??= hello.Mistake(_me, guests.Select(g => g.Hello).Prepend(_me));
                guests.Add(new Guest(hello, client));
            }

            changed.Release();
        }
    }

    /// <summary>The ranks that are not there yet, as <c>1, 4–7</c>.</summary>
    private string Missing(List<Guest> guests)
    {
        HashSet<int> there;
        lock (guests)
            there = [.. guests.Select(g => g.Hello.Rank)];
        var runs = new List<string>();
        for (int rank = 1; rank < _me.World; rank++)
        {
            if (there.Contains(rank))
                continue;
            int last = rank;
            while (last + 1 < _me.World && !there.Contains(last + 1))
                last++;
            runs.Add(Invariant.Text($"{rank}") + (last == rank ? "" : Invariant.Text($"–{last}")));
            rank = last;
        }

        return string.Join(", ", runs);
    }

    // Those who give two machines the rank 0 wait on both.
    private string Elsewhere()
    {
        try
        {
            IPAddress[] named = Dns.GetHostAddresses(_environment.MasterAddress);
            return named.Any(IsOwn)
                ? ""
                : $"; MASTER_ADDR {_environment.MasterAddress} is not this machine: is its RANK meant to be 0?";
        }
        catch (SocketException)
        {
            return $"; MASTER_ADDR {_environment.MasterAddress} is not known here";
        }

        static bool IsOwn(IPAddress address)
        {
            try
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(address, 0));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    private TcpListener Listen()
    {
        bool here = _environment.MasterAddress == "localhost"
            || (IPAddress.TryParse(_environment.MasterAddress, out IPAddress? named) && IPAddress.IsLoopback(named));
        IPAddress address = here ? IPAddress.Loopback : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        var listener = new TcpListener(address, _environment.MasterPort);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                listener.Server.DualMode = true;
            listener.Start();
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new TrainingException(
                Invariant.Text(
                    $"rank 0 cannot listen at port {_environment.MasterPort} of this machine ({e.Message}): a second process of "
                        + $"rank 0, or another program, may hold it; give each process its own RANK, or another MASTER_PORT"),
                e);
        }
    }

    // Every other rank.
    private async Task<string> ComeAsync()
    {
        long began = Stopwatch.GetTimestamp();
        string trouble = "nothing was tried";
        TimeSpan quiet = s_quiet;
        while (Stopwatch.GetElapsedTime(began) is var waited && waited < _timeout)
        {
            // Rank 0 answers when all are there, and waits as long as this process does; it may have begun later.
            using var stop = new CancellationTokenSource(2 * _timeout - waited + s_patience);
            using var client = new TcpClient();
            try
            {
                using (var connecting = CancellationTokenSource.CreateLinkedTokenSource(stop.Token))
                {
                    connecting.CancelAfter(Shorter(s_patience, _timeout - waited));
                    await client.ConnectAsync(_environment.MasterAddress, _environment.MasterPort, connecting.Token)
                        .ConfigureAwait(false);
                }

                NetworkStream stream = client.GetStream();
                await RankLine.WriteAsync(stream, _me, RankJson.Default.RankHello, stop.Token).ConfigureAwait(false);
                RankWelcome? welcome =
                    await RankLine.ReadAsync(stream, RankJson.Default.RankWelcome, stop.Token).ConfigureAwait(false);
                if (welcome is { Error: { } error })
                    throw new TrainingException(error);
                if (welcome is not null)
                    return welcome.Address ?? Plain(client.Client.LocalEndPoint);
                trouble = Closed;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                trouble = e is OperationCanceledException ? "nothing answers" : e.Message;
            }
            catch (IOException)
            {
                trouble = Closed;
            }

            if (Stopwatch.GetElapsedTime(began) > quiet)
            {
                _note($"rank {_me.Rank} waits for rank 0 at {Meeting} ({trouble})");
                quiet += s_report;
            }

            await Task.Delay(s_retry, CancellationToken.None).ConfigureAwait(false);
        }

        throw new TrainingException(
            Invariant.Text(
                $"rank {_me.Rank} of {_me.World} did not reach rank 0 at {Meeting} within {_timeout.TotalSeconds:0.###} s "
                    + $"(rank_timeout): {trouble}; start rank 0 there, correct MASTER_ADDR and MASTER_PORT, or let the port "
                    + $"through"));
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static bool IsLoopback(string address) => IPAddress.IsLoopback(IPAddress.Parse(address));

    private static string Plain(EndPoint? endPoint)
    {
        IPAddress address = ((IPEndPoint)endPoint!).Address;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    /// <summary>A process that came.</summary>
    private sealed class Guest(RankHello hello, TcpClient client)
    {
        public RankHello Hello { get; } = hello;

        /// <summary>Address of rank 0 at which it arrived.</summary>
        public string Here { get; } = Plain(client.Client.LocalEndPoint);

        private string From { get; } = Plain(client.Client.RemoteEndPoint);

        /// <summary>True if the connection has ended, in which case it is closed on this side, too: a process that is there is
        /// silent.</summary>
        public bool HasLeft()
        {
            if (!client.Client.Poll(TimeSpan.Zero, SelectMode.SelectRead))
                return false;
            client.Dispose();
            return true;
        }

        /// <summary>Answers and lets it go. One that left meanwhile finds out by itself.</summary>
        public async Task AnswerAsync(string? error, string first, CancellationToken cancellation)
        {
            using (client)
            {
                // One on this machine that came by the loopback is reached by the others as this process is.
                string? address = IsLoopback(From) && !IsLoopback(first) ? first : null;
                try
                {
                    await RankLine.WriteAsync(
                        client.GetStream(), new RankWelcome(error, address), RankJson.Default.RankWelcome, cancellation)
                        .ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException)
                {
                    // The work that follows needs it and says so.
                }
            }
        }
    }
}
