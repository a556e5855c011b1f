using System.Text;
using RfDetr.Vision;

namespace RfDetr.Tests.Pictures;

public sealed class PictureUrlTests
{
    [Fact]
    public async Task A_picture_is_fetched_whatever_the_server_calls_it()
    {
        await using var server = new OneAnswerServer(Answer("200 OK", await File.ReadAllBytesAsync(Goldens.Path("images/reference.png")), "text/html"));
        using Picture picture = await PictureUrl.LoadAsync(server.Address);
        (picture.Width, picture.Height).ShouldBe((97, 61));
    }

    [Fact]
    public async Task An_error_of_the_server_is_told()
    {
        await using var server = new OneAnswerServer(Answer("404 Not Found", "no"u8.ToArray()));
        (await Should.ThrowAsync<HttpRequestException>(() => PictureUrl.LoadAsync(server.Address))).Message.ShouldContain("404");
    }

    [Fact]
    public async Task A_page_is_not_a_picture()
    {
        await using var server = new OneAnswerServer(Answer("200 OK", "<html>log in</html>"u8.ToArray(), "image/png"));
        (await Should.ThrowAsync<ImageContentException>(() => PictureUrl.LoadAsync(server.Address))).Fault.ShouldBe(ImageFault.NotAPicture);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_limit_is_not_read(bool announced)
    {
        byte[] head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{(announced ? "Content-Length: 99999\r\n" : "")}Connection: close\r\n\r\n");
        await using var server = new OneAnswerServer([.. head, .. new byte[99_999]]);
        var failure = await Should.ThrowAsync<ImageContentException>(() => PictureUrl.LoadAsync(server.Address, new PictureLimits { MaxFileBytes = 5000 }));
        failure.Fault.ShouldBe(ImageFault.TooLarge);
    }

    [Fact]
    public async Task A_silent_server_is_given_up()
    {
        await using var server = new OneAnswerServer([]);
        await Should.ThrowAsync<TimeoutException>(() => PictureUrl.LoadAsync(server.Address, timeout: TimeSpan.FromMilliseconds(200)));
        using var cancel = new CancellationTokenSource(50);
        await Should.ThrowAsync<OperationCanceledException>(() => PictureUrl.LoadAsync(server.Address, cancellationToken: cancel.Token));
    }

    [Theory]
    [InlineData("file:///etc/hosts")]
    [InlineData("ftp://host/a.png")]
    public async Task Other_schemes_are_refused(string address) =>
        await Should.ThrowAsync<ArgumentException>(() => PictureUrl.LoadAsync(new Uri(address)));

    private static byte[] Answer(string status, byte[] body, string type = "image/png") =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body];
}
