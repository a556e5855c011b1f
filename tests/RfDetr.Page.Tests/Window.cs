using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace RfDetr.Page.Tests;

/// <summary>One window of the browser on the page.</summary>
internal sealed class Window : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private Window(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    /// <summary>Addresses that the page asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Errors of scripts, and what the browser refused.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<Window> OpenAsync(IBrowserContext context, string url)
    {
        IPage page = await context.NewPageAsync();
        var window = new Window(context, page);
        page.Request += (_, request) => window.Requests.Add($"{request.Method} {request.Url}");
        page.PageError += (_, error) => window.Complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                window.Complaints.Add(message.Text);
        };
        await page.GotoAsync(url);
        await window.UntilAsync("document.querySelector('#model option') !== null || !document.querySelector('#error').hidden");
        return window;
    }

    public ILocator Find(string selector) => Page.Locator(selector);

    public async Task<string> TextAsync(string selector) => await Find(selector).TextContentAsync() ?? "";

    /// <summary>
    /// Waits until an expression of the page is true. The policy of the page forbids Playwright's own way, which is eval.
    /// </summary>
    public async Task UntilAsync(string expression)
    {
        for (int i = 0; !await Page.EvaluateAsync<bool>(expression); i++)
        {
            i.ShouldBeLessThan(1200, $"'{expression}' did not become true");
            await Task.Delay(100);
        }
    }

    /// <summary>Waits until the last image's answer is shown.</summary>
    public async Task SettleAsync()
    {
        await Find("#time-card").WaitForAsync();
        await Find("#busy").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    public async Task SampleAsync()
    {
        await Find("#sample").ClickAsync();
        await SettleAsync();
    }

    /// <summary>The rows of the table: class, score, box.</summary>
    public async Task<string[]> RowsAsync()
    {
        JsonElement? rows = await Page.EvaluateAsync(
            "() => [...document.querySelectorAll('#objects tr')].map(tr => [...tr.cells].map(td => td.textContent).join(' '))");
        return rows!.Value.Deserialize<string[]>()!;
    }

    /// <summary>The rows that detections should make.</summary>
    public static string[] Rows(Detections found, float threshold) => [.. found.Items.Where(d => d.Score > threshold).Select(d =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{d.ClassName} {d.Score:0.00} {Whole(d.Box.X1)} {Whole(d.Box.Y1)} {Whole(d.Box.X2)} {Whole(d.Box.Y2)}"))];

    /// <summary>Moves the slider to a threshold with the keyboard.</summary>
    public async Task ThresholdAsync(double value)
    {
        await Find("#threshold").FocusAsync();
        await Page.Keyboard.PressAsync("Home");
        int steps = (int)Math.Round((value - 0.05) / 0.01);
        for (int i = 0; i < steps; i++)
            await Page.Keyboard.PressAsync("ArrowRight");
        (await TextAsync("#threshold-value")).ShouldBe(value.ToString("0.00", CultureInfo.InvariantCulture));
    }

    /// <summary>Hands a file to the page as dropping or pasting does.</summary>
    public async Task HandOverAsync(string kind, string path, string type)
    {
        string bytes = Convert.ToBase64String(await File.ReadAllBytesAsync(path));
        await Page.EvaluateAsync(
            """
            ([kind, bytes, name, type]) => {
              const content = Uint8Array.from(atob(bytes), c => c.charCodeAt(0));
              const data = new DataTransfer();
              data.items.add(new File([content], name, { type }));
              const about = { bubbles: true, cancelable: true };
              document.body.dispatchEvent(kind === "paste"
                ? new ClipboardEvent("paste", { ...about, clipboardData: data })
                : new DragEvent(kind, { ...about, dataTransfer: data }));
            }
            """,
            (string[])[kind, bytes, Path.GetFileName(path), type]);
    }

    /// <summary>Keeps a picture of the window if <c>RFDETR_SCREENSHOTS</c> names a folder for them.</summary>
    public async Task ScreenshotAsync(string name, bool whole = false)
    {
        if (Environment.GetEnvironmentVariable("RFDETR_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = whole });
    }

    public ValueTask DisposeAsync() => new(_context.CloseAsync());

    // JavaScript's Math.round: halves go up.
    private static double Whole(float value) => Math.Floor((double)value + 0.5);
}
