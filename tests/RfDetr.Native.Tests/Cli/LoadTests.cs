using System.Text.Json;

namespace RfDetr.Tests.Cli;

/// <summary><c>load</c>: its options reach the generator, whose own tests are elsewhere.</summary>
public sealed class LoadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Options_reach_the_generator_and_the_report()
    {
        var seen = new List<SocketServer.Request>();
        await using SocketServer server = Willing(seen);
        await File.WriteAllTextAsync(_folder["key"], "s3cret\nnot this\n");
        CliRun run = await CliRun.Of(
            "load", server.Root, "--images", Goldens.Path("images/baseline.jpg"), "--rate", "10,20", "--seconds", "0.2",
            "--rounds", "2", "--in-flight", "5", "--timeout", "30", "--arrivals", "random", "--seed", "3",
            "--key-from", _folder["key"], "--json", "-");
        run.Code.ShouldBe(0, run.Error);
        JsonElement root = run.Json;
        root.GetProperty("url").GetString().ShouldBe($"{server.Root}detect", "the path is the server's own one");
        root.GetProperty("seconds").GetDouble().ShouldBe(0.2);
        root.GetProperty("in_flight").GetInt32().ShouldBe(5);
        root.GetProperty("timeout_seconds").GetDouble().ShouldBe(30);
        root.GetProperty("arrivals").GetString().ShouldBe("Random");
        root.GetProperty("images").GetProperty("count").GetInt32().ShouldBe(1);
        root.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("rate").GetDouble()).ShouldBe([10, 20, 20, 10]);
        seen.ShouldAllBe(r => r.Head.Contains("Authorization: Bearer s3cret\r\n"));
    }

    [Fact]
    public async Task A_capacity_and_percentages_make_rates_and_people_read_a_table()
    {
        var seen = new List<SocketServer.Request>();
        await using SocketServer server = Willing(seen);
        CliRun run = await CliRun.Of(
            "load", $"{server.Root}other", "--percent", "50,100", "--capacity", "20", "--seconds", "0.1");
        run.Code.ShouldBe(0, run.Error);
        run.Out.ShouldContain("10 (50 %)");
        run.Out.ShouldContain("20 (100 %)");
        run.Out.ShouldContain($"{server.Root}other: 8 drawn scenes");
        seen.ShouldAllBe(r => r.Head.StartsWith("POST /other "));
    }

    [Theory]
    [InlineData("not to this machine", "http://192.0.2.1/")]
    [InlineData("no address", "127.0.0.1:9001")]
    [InlineData("give one of them", "http://127.0.0.1:1/", "--rate", "1", "--percent", "5")]
    [InlineData("belong to --percent", "http://127.0.0.1:1/", "--capacity", "5")]
    [InlineData("is not a list of numbers above 0", "http://127.0.0.1:1/", "--rate", "1,0")]
    public async Task Wrong_use_is_named_before_anything_is_sent(string message, params string[] args)
    {
        CliRun run = await CliRun.Of(["load", .. args]);
        run.Code.ShouldBe(2);
        run.Error.ShouldContain(message);
    }

    private static SocketServer Willing(List<SocketServer.Request> seen) => new((request, _) =>
    {
        lock (seen)
            seen.Add(request);
        return Task.FromResult<string?>(SocketServer.Answer(200));
    });
}
