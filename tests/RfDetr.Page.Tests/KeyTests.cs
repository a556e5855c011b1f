using RfDetr.Serve;
using RfDetr.Tests;

namespace RfDetr.Page.Tests;

/// <summary>The page of a server with keys: it asks, tells a wrong key, and keeps the right one in its memory alone.</summary>
[Collection(nameof(Browser))]
public sealed class KeyTests(Browser browser)
{
    [SkippableFact]
    public async Task The_page_asks_for_a_key_and_keeps_it_nowhere()
    {
        using var folder = new TemporaryFolder();
        (string key, string line) = KeyFile.Make("page");
        await File.WriteAllTextAsync(folder["keys.txt"], line + "\n");
        await using RfDetrServer server = await RfDetrServer.StartAsync(new ServeOptions
        {
            Port = 0,
            DrainDelay = TimeSpan.Zero,
            KeyFile = folder["keys.txt"],
        });
        await using Window window = await browser.OpenAsync(
            new() { Permissions = ["camera"] }, new Uri(server.Address, "/").ToString());

        // The page itself needs no key; what it asks of the server does.
        (await window.Find("#key-form").IsVisibleAsync()).ShouldBeTrue();
        (await window.TextAsync("#error")).ShouldContain("needs a key");
        (await window.Find("#key").GetAttributeAsync("type")).ShouldBe("password");
        await window.ScreenshotAsync("key");

        await GiveAsync(window, "not-the-key");
        await window.UntilAsync("document.querySelector('#error').textContent.includes('not one of this server')");
        (await window.Find("#key-form").IsVisibleAsync()).ShouldBeTrue();
        (await window.Find("#model option").CountAsync()).ShouldBe(0);

        await GiveAsync(window, key);
        await window.UntilAsync("document.querySelector('#model option') !== null");
        (await window.Find("#key-form").IsVisibleAsync()).ShouldBeFalse();
        (await window.Find("#error").IsVisibleAsync()).ShouldBeFalse();
        await window.SampleAsync();
        (await window.RowsAsync()).ShouldNotBeEmpty();
        var sockets = new List<string>();
        window.Page.WebSocket += (_, socket) => sockets.Add(socket.Url);
        await window.Find("#camera").ClickAsync();
        await window.UntilAsync("document.querySelector('#meter').textContent.includes('frames/s')");
        await window.Find("#camera").ClickAsync();

        string kept = await window.Page.EvaluateAsync<string>(
            "() => [location.href, document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage), "
                + "JSON.stringify(history.state), document.documentElement.outerHTML].join(' ')");
        kept.ShouldNotContain(key);
        sockets.Count.ShouldBe(1);
        sockets[0].ShouldNotContain(key);
        window.Requests.ShouldNotContain(r => r.Contains(key, StringComparison.Ordinal));
        (await window.Find("#key").InputValueAsync()).ShouldBeEmpty("a field that is hidden holds nothing");

        // Nothing is kept: the page asks again.
        await window.Page.ReloadAsync();
        await window.Find("#key-form").WaitForAsync();
    }

    private static async Task GiveAsync(Window window, string key)
    {
        await window.Find("#key").FillAsync(key);
        await window.Find("#key-form button").ClickAsync();
    }
}
