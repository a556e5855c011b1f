using RfDetr.Checkpoints;

namespace RfDetr.Tests.Hosted;

/// <summary>Fate of a download that breaks off, and of the pieces it leaves.</summary>
public sealed class DownloadResumeTests : DownloadTest
{
    [Fact]
    public async Task AFileArrivesWhole()
    {
        using ScriptedServer server = new(ScriptedServer.File(Content));
        (await Download(server)).ShouldBe(Target);
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.Single().Path.ShouldBe("/weights/nano_coco/best.pth");
        server.Requests.Single().From.ShouldBeNull();
        File.Exists(Part).ShouldBeFalse();
        File.Exists(Part + ".tag").ShouldBeFalse();
        DownloadProgress last = Reports.Last();
        (last.Stage, last.Bytes, last.TotalBytes, last.Attempt).ShouldBe(
            (DownloadStage.Downloading, Content.Length, Content.Length, 1));
    }

    [Fact]
    public async Task ADroppedConnectionIsTakenUpWhereItBroke()
    {
        using ScriptedServer server = new(
            ScriptedServer.File(Content, dropAfter: 100_000), ScriptedServer.File(Content, dropAfter: 50_000),
            ScriptedServer.File(Content));
        await Download(server);
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.Select(r => r.From).ShouldBe([null, 100_000, 150_000]);
        server.Requests[1].Headers["if-range"].ShouldBe("\"v1\"");
        Waits.ShouldBe([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)]);
        Reports.Where(p => p.Stage == DownloadStage.Retrying).Select(p => p.Bytes).ShouldBe([100_000, 150_000]);
    }

    [Fact]
    public async Task ALaterCallGoesOnFromThePartFile()
    {
        using (ScriptedServer broken = new(ScriptedServer.File(Content, dropAfter: 120_000), ScriptedServer.Status("503 Busy")))
            (
                await Should.ThrowAsync<DownloadException>(Download(broken, o => o with { MaxAttempts = 2 })))
                .Message.ShouldContain("120000 bytes are kept");
        new FileInfo(Part).Length.ShouldBe(120_000);

        using ScriptedServer server = new(ScriptedServer.File(Content));
        await Download(server);
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.Single().From.ShouldBe(120_000);
        server.Requests.Single().Headers["if-range"].ShouldBe("\"v1\"");
    }

    [Fact]
    public async Task ACompletePartFileNeedsNoServer()
    {
        await File.WriteAllBytesAsync(Part, Content);
        using ScriptedServer server = new(ScriptedServer.Status("500 Broken"));
        await Download(server);
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task AServerWithoutRangesMakesItBeginAnew()
    {
        await File.WriteAllBytesAsync(Part, Content[..70_000]);
        using ScriptedServer server = new(ScriptedServer.WithoutRanges(Content));
        await Download(server);
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.Single().From.ShouldBe(70_000);
    }

    [Theory]
    [InlineData("\"old\"")]
    [InlineData(null)]
    public async Task AFileThatChangedBetweenAttemptsIsNotMixed(string? tag)
    {
        // With a tag the server says so; without one the digest of the mixture does, and one clean attempt follows.
        using ScriptedServer server =
            new(ScriptedServer.File(Newer, tag, dropAfter: 60_000), ScriptedServer.File(Content, tag is null ? null : "\"v1\""));
        await Download(server);
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.Count.ShouldBe(tag is null ? 3 : 2);
    }

    [Fact]
    public async Task AWrongPieceIsNotUsed()
    {
        await File.WriteAllBytesAsync(Part, Content[..1000]);
        using ScriptedServer server = new(
            (stream, _) =>
                ScriptedServer.SendAsync(
                    stream, "206 Partial Content", [$"Content-Range: bytes 500-{Content.Length - 1}/{Content.Length}"],
                    Content[500..]),
            ScriptedServer.File(Content));
        await Download(server);
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.Select(r => r.From).ShouldBe([1000, null]);
    }

    [Fact]
    public async Task APartFileLongerThanTheFileIsDropped()
    {
        await File.WriteAllBytesAsync(Part, [.. Content, 1, 2, 3]);
        using ScriptedServer server = new(ScriptedServer.File(Content));
        await Download(server);
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.Select(r => r.From).ShouldBe([Content.Length + 3, null]);
    }

    [Fact]
    public async Task AStalledServerIsAskedAgain()
    {
        TaskCompletionSource never = new();
        using ScriptedServer server = new(
            async (stream, _) =>
            {
                await ScriptedServer.SendAsync(stream, "200 OK", ["ETag: \"v1\""], Content, dropAfter: 40_000);
                await never.Task;
            },
            ScriptedServer.File(Content));
        await Download(server, o => o with { StallTimeout = TimeSpan.FromSeconds(10) });
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.Select(r => r.From).ShouldBe([null, 40_000]);
        Reports.Single(p => p.Stage == DownloadStage.Retrying).Reason.ShouldBe("nothing arrived for 10 s");
        never.SetResult();
    }

    [Fact]
    public async Task AttemptsAreBounded()
    {
        using ScriptedServer server =
            new(ScriptedServer.Status("503 Busy", "Retry-After: 7"), ScriptedServer.Status("502 Bad Gateway"));
        DownloadException e = await Should.ThrowAsync<DownloadException>(Download(server, o => o with { MaxAttempts = 4 }));
        e.Message.ShouldContain("4 attempts");
        e.Message.ShouldContain("502 Bad Gateway");
        server.Requests.Count.ShouldBe(4);
        Waits.Select(w => w.TotalSeconds).ShouldBe([7, 2, 4]);
    }

    [Fact]
    public async Task CancelingKeepsWhatArrived()
    {
        using CancellationTokenSource cancel = new();
        TaskCompletionSource never = new();
        using ScriptedServer server = new(async (stream, _) =>
        {
            await ScriptedServer.SendAsync(stream, "200 OK", [], Content, dropAfter: 30_000);
            while (!Reports.Any(p => p.Bytes == 30_000))
                await Task.Delay(10);
            cancel.Cancel();
            await never.Task;
        });
        await Should.ThrowAsync<OperationCanceledException>(Download(server, cancellation: cancel.Token));
        File.ReadAllBytes(Part).ShouldBe(Content[..30_000]);
        never.SetResult();
    }
}
