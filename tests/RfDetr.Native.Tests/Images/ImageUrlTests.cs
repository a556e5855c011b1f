using System.Text;

namespace RfDetr.Tests.Images;

public sealed class ImageUrlTests
{
    [Fact]
    public async Task An_image_is_fetched_whatever_the_server_calls_it()
    {
        await using var server = new OneAnswerServer(
            Answer("200 OK", await File.ReadAllBytesAsync(Goldens.Path("images/reference.png")), "text/html"));
        using Image image = await ImageUrl.LoadAsync(server.Address);
        (image.Width, image.Height).ShouldBe((97, 61));
    }

    [Fact]
    public async Task An_error_of_the_server_is_told()
    {
        await using var server = new OneAnswerServer(Answer("404 Not Found", "no"u8.ToArray()));
        (await Should.ThrowAsync<HttpRequestException>(() => ImageUrl.LoadAsync(server.Address))).Message.ShouldContain("404");
    }

    [Fact]
    public async Task A_page_is_not_an_image()
    {
        await using var server = new OneAnswerServer(Answer("200 OK", "<html>log in</html>"u8.ToArray(), "image/png"));
        (
            await Should.ThrowAsync<ImageContentException>(() => ImageUrl.LoadAsync(server.Address)))
            .Fault.ShouldBe(ImageFault.NotAnImage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_limit_is_not_read(bool announced)
    {
        byte[] head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\n{(announced ? "Content-Length: 99999\r\n" : "")}Connection: close\r\n\r\n");
        await using var server = new OneAnswerServer([.. head, .. new byte[99_999]]);
        var failure = await Should.ThrowAsync<ImageContentException>(() =>
            ImageUrl.LoadAsync(server.Address, new ImageLimits { MaxFileBytes = 5000 }));
        failure.Fault.ShouldBe(ImageFault.TooLarge);
    }

    [Fact]
    public async Task A_silent_server_is_given_up()
    {
        await using var server = new OneAnswerServer([]);
        await Should.ThrowAsync<TimeoutException>(() =>
            ImageUrl.LoadAsync(server.Address, timeout: TimeSpan.FromMilliseconds(200)));
        using var cancel = new CancellationTokenSource(50);
        await Should.ThrowAsync<OperationCanceledException>(() =>
            ImageUrl.LoadAsync(server.Address, cancellationToken: cancel.Token));
    }

    [Theory]
    [InlineData("302 Found")]
    [InlineData("308 Permanent Redirect")]
    public async Task A_redirect_is_followed(string status)
    {
        await using var image = new OneAnswerServer(
            Answer("200 OK", await File.ReadAllBytesAsync(Goldens.Path("images/reference.png"))));
        await using var server = new OneAnswerServer(Redirect(status, image.Address.ToString()));
        using Image loaded = await ImageUrl.LoadAsync(server.Address);
        (loaded.Width, loaded.Height).ShouldBe((97, 61));
    }

    [Theory]
    [InlineData("file:///etc/hosts", "redirects to 'file:///etc/hosts', expected an http or https address")]
    [InlineData("ftp://127.0.0.1/a.png", "expected an http or https address")]
    [InlineData("data:image/png;base64,AAAA", "expected an http or https address")]
    [InlineData("/image", "redirects more than 5 times")] // to itself
    [InlineData("http://:x", "redirects")]
    [InlineData("", "redirects")]
    public async Task A_redirect_that_leads_nowhere_is_an_error_of_the_image(string location, string expected)
    {
        await using var server = new OneAnswerServer(Redirect("302 Found", location));
        (await Should.ThrowAsync<HttpRequestException>(() => ImageUrl.LoadAsync(server.Address))).Message.ShouldContain(expected);
    }

    [Fact]
    public async Task A_client_that_follows_by_itself_fails_in_the_same_way()
    {
        await using var server = new OneAnswerServer(Redirect("302 Found", "file:///etc/hosts"));
        using var client = new HttpClient();
        await Should.ThrowAsync<HttpRequestException>(() => ImageUrl.LoadAsync(server.Address, client: client));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_several_pieces_is_put_together(bool announced)
    {
        byte[] png = await File.ReadAllBytesAsync(Goldens.Path("images/reference.png"));
        byte[] padded = [.. png, .. new byte[(5 << 20) / 2]]; // what follows the last chunk of a PNG is not looked at
        string length = announced ? $"Content-Length: {padded.Length}\r\n" : "";
        await using var server = new OneAnswerServer(
            [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n"), .. padded]);
        using Image fetched = await ImageUrl.LoadAsync(server.Address), read = Image.Load(Goldens.Path("images/reference.png"));
        fetched.Frame.Data.SequenceEqual(read.Frame.Data).ShouldBeTrue();
    }

    [Theory]
    [InlineData("file:///etc/hosts")]
    [InlineData("ftp://host/a.png")]
    public async Task Other_schemes_are_refused(string address) =>
        await Should.ThrowAsync<ArgumentException>(() => ImageUrl.LoadAsync(new Uri(address)));

    private static byte[] Redirect(string status, string location) =>
        Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    private static byte[] Answer(string status, byte[] body, string type = "image/png") =>
        [
            .. Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"),
            .. body
        ];
}
