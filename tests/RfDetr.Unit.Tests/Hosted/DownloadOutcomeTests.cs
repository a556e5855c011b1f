using RfDetr.Checkpoints;

namespace RfDetr.Tests.Hosted;

/// <summary>Answers, files, folders, licenses and options that a download meets.</summary>
public sealed class DownloadOutcomeTests : DownloadTest
{
    [Fact]
    public async Task WrongBytesAreThrownAway()
    {
        using ScriptedServer server = new(ScriptedServer.File(Newer));
        ChecksumMismatchException e = await Should.ThrowAsync<ChecksumMismatchException>(Download(server));
        e.ActualMd5.ShouldBe(Md5(Newer));
        e.Message.ShouldContain(Md5(Content));
        File.Exists(Target).ShouldBeFalse();
        File.Exists(Part).ShouldBeFalse();
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("404 Not Found", "check the mirror's address")]
    [InlineData("403 Forbidden", "does not hand the file out")]
    public async Task ARefusalIsNotRepeated(string status, string expected)
    {
        using ScriptedServer server = new(ScriptedServer.Status(status));
        DownloadException e = await Should.ThrowAsync<DownloadException>(Download(server));
        e.Message.ShouldContain(status);
        e.Message.ShouldContain(expected);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task AWebPageIsNoFileAndCostsNothingOfThePart()
    {
        await File.WriteAllBytesAsync(Part, Content[..5000]);
        using ScriptedServer server = new((stream, _) =>
            ScriptedServer.SendAsync(
                stream, "200 OK", ["Content-Type: text/html; charset=utf-8"], "<html>log in</html>"u8.ToArray()));
        (await Should.ThrowAsync<DownloadException>(Download(server))).Message.ShouldContain("web page");
        File.ReadAllBytes(Part).ShouldBe(Content[..5000]);
    }

    [Fact]
    public async Task RedirectsAreFollowedButNotForEver()
    {
        using ScriptedServer good =
            new(ScriptedServer.Status("302 Found", "Location: /elsewhere/file"), ScriptedServer.File(Content));
        await Download(good);
        good.Requests.Select(r => r.Path).ShouldBe(["/weights/nano_coco/best.pth", "/elsewhere/file"]);

        using ScriptedServer loop = new(ScriptedServer.Status("302 Found", "Location: /again"));
        await Should.ThrowAsync<DownloadException>(Download(loop, o => o with { Force = true, MaxAttempts = 1 }));
        loop.Requests.Count.ShouldBe(6);
        File.ReadAllBytes(Target).ShouldBe(Content);
    }

    [Fact]
    public async Task AProxyIsAskedForTheWholeAddress()
    {
        using ScriptedServer proxy = new(ScriptedServer.File(Content));
        await Download(null, o => o with { BaseAddress = new("http://weights.example/w/"), Proxy = proxy.Address });
        proxy.Requests.Single().Path.ShouldBe("http://weights.example/w/nano_coco/best.pth");
        File.ReadAllBytes(Target).ShouldBe(Content);
    }

    [Fact]
    public async Task TooLargeAFileIsRefused()
    {
        using ScriptedServer server = new(ScriptedServer.File(Content));
        (
            await Should.ThrowAsync<DownloadException>(Download(server, o => o with { MaxBytes = 299_999 })))
            .Message.ShouldContain("above the limit of 299999");
        new FileInfo(Part).Length.ShouldBe(0);
    }

    [Fact]
    public async Task AFileThatIsThereIsCheckedAndKept()
    {
        using ScriptedServer server = new(ScriptedServer.File(Content));
        await File.WriteAllBytesAsync(Target, Content);
        (await Download(server)).ShouldBe(Target);
        (await Download(server, o => o with { Offline = true })).ShouldBe(Target);
        server.Requests.ShouldBeEmpty();

        await File.WriteAllBytesAsync(Target, Newer);
        (await Should.ThrowAsync<ChecksumMismatchException>(Download(server))).Message.ShouldContain("own training");
        File.ReadAllBytes(Target).ShouldBe(Newer);

        await Download(server, o => o with { Force = true });
        File.ReadAllBytes(Target).ShouldBe(Content);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task OfflineSaysWhereTheFileBelongs() =>
        (
            await Should.ThrowAsync<DownloadException>(Download(null, o => o with { Offline = true })))
            .Message.ShouldContain(Target);

    [Fact]
    public async Task ALicenseMustBeAccepted()
    {
        using ScriptedServer server = new(ScriptedServer.File(Content));
        HostedFile file = Hosted with { License = WeightsLicense.PlatformModel };
        LicenseNotAcceptedException e = await Should.ThrowAsync<LicenseNotAcceptedException>(Download(server, file: file));
        e.Message.ShouldContain("PML-1.0");
        e.Message.ShouldContain(WeightsLicense.PlatformModel.Address);
        e.Message.ShouldContain("--accept-license");
        server.Requests.ShouldBeEmpty();
        await Download(server, o => o with { AcceptLicense = true }, file);
        File.ReadAllBytes(Target).ShouldBe(Content);
    }

    [Fact]
    public async Task TwoDownloadsOfOneFileShareTheWork()
    {
        TaskCompletionSource bothAsked = new();
        using ScriptedServer server = new(async (stream, request) =>
        {
            await bothAsked.Task;
            await ScriptedServer.File(Content)(stream, request);
        });
        Task<string> first = Download(server), second = Download(server);
        while (!Reports.Any(p => p.Stage == DownloadStage.WaitingForOther))
            await Task.Delay(10);
        bothAsked.SetResult();
        (await Task.WhenAll(first, second)).ShouldBe([Target, Target]);
        server.Requests.Count.ShouldBe(1);
        File.ReadAllBytes(Target).ShouldBe(Content);
    }

    [Fact]
    public async Task AFolderThatCannotBeMadeIsNamed()
    {
        string file = Path.Combine(Folder, "file");
        await File.WriteAllTextAsync(file, "no folder");
        using ScriptedServer server = new(ScriptedServer.File(Content));
        DownloadException e =
            await Should.ThrowAsync<DownloadException>(Download(server, o => o with { Folder = Path.Combine(file, "below") }));
        e.Message.ShouldContain(file);
        e.Message.ShouldContain("RFDETR_HOME");
    }

    [Fact]
    public async Task BadOptionsAreListed()
    {
        ArgumentException e = await Should.ThrowAsync<ArgumentException>(
            Download(null, o => o with { MaxAttempts = 0, StallTimeout = TimeSpan.Zero }));
        e.Message.ShouldContain("MaxAttempts");
        e.Message.ShouldContain("StallTimeout");
        (
            await Should.ThrowAsync<ArgumentException>(Download(null, o => o with { BaseAddress = new("ftp://example.org/") })))
            .Message.ShouldContain("ftp://example.org/");
    }
}
