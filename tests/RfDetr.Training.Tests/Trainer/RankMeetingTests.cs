using System.Net;
using System.Net.Sockets;
using System.Text;
using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>The processes of a run meet, each on a thread of its own here.</summary>
public sealed class RankMeetingTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5), s_short = TimeSpan.FromSeconds(2);
    private readonly int _port = FreePort.Next();

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task AllAreTold(int world)
    {
        string[] addresses = await Task.WhenAll(Enumerable.Range(0, world).Reverse().Select(rank => Attend(rank, world)));
        addresses.ShouldAllBe(a => a == "127.0.0.1");
    }

    [Fact]
    public async Task ARankThatComesTwiceIsNamedWithBothPlacesByAll()
    {
        Task<string> first = Failure(0, 3, h => h), second = Failure(1, 3, h => h with { Process = 11 });
        string[] errors = await Task.WhenAll(first, second, Failure(1, 3, h => h with { Process = 22 }));
        errors.Distinct().ShouldHaveSingleItem().ShouldContain("rank 1 came twice, from ");
        errors[0].ShouldContain("(process 11)");
        errors[0].ShouldContain("(process 22)");
        errors[0].ShouldContain("each process needs a RANK of its own, 0 to 2");
    }

    [Theory]
    [InlineData("world", "WORLD_SIZE differs: rank 1 on ", "was told 3, rank 0 on ")]
    [InlineData("version", "the program differs: rank 1 on ", " is version other, rank 0 on ")]
    [InlineData("device", "the device differs: rank 1 on ", " computes on cuda, rank 0 on ")]
    public async Task WhatDoesNotFitIsNamedByBoth(string what, params string[] texts)
    {
        Task<string> first = Failure(0, 2, h => h), second = Failure(1, 2, h => what switch
        {
            "world" => h with { World = 3 },
            "version" => h with { Version = "other" },
            _ => h with { Device = "cuda" },
        });
        string error = await first;
        (await second).ShouldBe(error);
        foreach (string text in texts)
            error.ShouldContain(text);
    }

    [Fact]
    public void ProcessesOfOneMachineHaveAGpuEach()
    {
        RankHello first = Hello(0, 3) with { Device = "cuda", Local = 0 };
        (first with { Rank = 1 }).Mistake(first, [first]).ShouldNotBeNull().ShouldContain("both have LOCAL_RANK 0");
        (first with { Rank = 1, Local = 1 }).Mistake(first, [first]).ShouldBeNull();
        (first with { Rank = 1, Host = "other" }).Mistake(first, [first]).ShouldBeNull();
        RankHello cpu = Hello(0, 3);
        (cpu with { Rank = 1 }).Mistake(cpu, [cpu]).ShouldBeNull();
        (cpu with { Rank = 3 }).Mistake(cpu, [cpu]).ShouldNotBeNull().ShouldContain("rank 3 on ");
    }

    [Fact]
    public async Task RanksThatDoNotComeAreNamedByThoseThatDid()
    {
        Task<string> first = Failure(0, 6, h => h, s_short), third = Failure(2, 6, h => h, s_long);
        string error = await first;
        error.ShouldContain($"ranks 1, 3–5 of 6 did not come to 127.0.0.1:{_port} within 2 s (rank_timeout)");
        (await third).ShouldBe(error);
    }

    [Fact]
    public async Task AnUnreachableMasterIsNamedWithTheCure() =>
        (await Failure(1, 2, h => h, s_short)).ShouldMatch(
            $"^rank 1 of 2 did not reach rank 0 at 127\\.0\\.0\\.1:{_port} within 2 s \\(rank_timeout\\): .*refused.*; "
                + "start rank 0 there, correct MASTER_ADDR and MASTER_PORT, or let the port through$");

    [Fact]
    public async Task ANameThatIsNotKnownIsNamed() =>
        (await Failure(1, 2, h => h, s_short, "nowhere.invalid")).ShouldContain($"rank 0 at nowhere.invalid:{_port}");

    [Fact]
    public async Task TwoFirstRanksOnOneMachineFindThePortTaken()
    {
        using var other = new TcpListener(IPAddress.Loopback, _port);
        other.ExclusiveAddressUse = true;
        other.Start();
        (await Failure(0, 2, h => h)).ShouldContain($"rank 0 cannot listen at port {_port} of this machine");
    }

    [Fact]
    public async Task AFirstRankOnAnotherMachineThanTheMasterIsAskedWhetherItIsOne() =>
        (await Failure(0, 2, h => h, s_short, "192.0.2.1")).ShouldEndWith(
            "; MASTER_ADDR 192.0.2.1 is not this machine: is its RANK meant to be 0?");

    [Fact]
    public async Task StrangersAreNotAnsweredAndDisturbNothing()
    {
        Task<string> first = Attend(0, 2);
        byte[][] lines =
        [
            "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), new byte[1 << 20], "rfdetr-ranks-1 {\"rank\": 1}\n"u8.ToArray(),
            "rfdetr-ranks-1 not json\n"u8.ToArray(), "rfdetr-ranks-1 null\n"u8.ToArray(), []
        ];
        foreach (byte[] line in lines)
        {
            using TcpClient stranger = await ConnectAsync();
            NetworkStream stream = stranger.GetStream();
            try
            {
                await stream.WriteAsync(line);
                stranger.Client.Shutdown(SocketShutdown.Send);
                (await stream.ReadAsync(new byte[1])).ShouldBe(0, Encoding.ASCII.GetString(line));
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // It was shown the door before it had finished.
            }
        }

        await Task.WhenAll(first, Attend(1, 2));
    }

    [Fact]
    public async Task AProcessThatWasStartedAgainTakesItsOwnPlace()
    {
        Task<string> first = Attend(0, 3);
        using (TcpClient died = await ConnectAsync())
        {
            await RankLine.WriteAsync(died.GetStream(), Hello(1, 3), RankJson.Default.RankHello, CancellationToken.None);
        }

        await Task.WhenAll(first, Attend(1, 3), Attend(2, 3));
    }

    /// <summary>The option's way to where it counts.</summary>
    [SkippableFact]
    public void TheTimeoutIsTheOptions()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(folder["none"], folder["run"]).With(("rank_timeout", 1));
        using TrainingProcess alone = TrainingProcess.Start(options, new RankEnvironment(1, 2, 0, "127.0.0.1", _port));
        alone.Wait().ShouldBe(1);
        alone.Errors.ShouldContain($"rank 1 of 2 did not reach rank 0 at 127.0.0.1:{_port} within 1 s (rank_timeout)");
        alone.Errors.Split('\n').Count(l => l.StartsWith("error:", StringComparison.Ordinal)).ShouldBe(1);
    }

    private static RankHello Hello(int rank, int world) =>
        RankHello.Of(new RankEnvironment(rank, world, rank, "127.0.0.1", 1), Device.Cpu);

    private Task<string> Attend(
        int rank, int world, Func<RankHello, RankHello>? change = null, TimeSpan? timeout = null, string host = "127.0.0.1")
    {
        RankHello hello = change is null ? Hello(rank, world) : change(Hello(rank, world));
        return Task.Factory.StartNew(
            () => RankMeeting.Attend(
                new RankEnvironment(rank, world, rank, host, _port), hello, timeout ?? s_long, _ => { }),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private async Task<string> Failure(
        int rank, int world, Func<RankHello, RankHello> change, TimeSpan? timeout = null, string host = "127.0.0.1") =>
        (await Should.ThrowAsync<TrainingException>(() => Attend(rank, world, change, timeout, host))).Message;

    private async Task<TcpClient> ConnectAsync()
    {
        while (true)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, _port);
                return client;
            }
            catch (SocketException)
            {
                client.Dispose(); // rank 0 does not listen yet
                await Task.Delay(20);
            }
        }
    }
}
