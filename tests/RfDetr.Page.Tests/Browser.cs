using Microsoft.Playwright;
using RfDetr.Serve;
using RfDetr.Tests;

namespace RfDetr.Page.Tests;

/// <summary>
/// A server with the built-in model and a browser, for all tests. The browser is Debian's Chromium (or the one that
/// <c>RFDETR_CHROMIUM</c> names); where there is none, tests are skipped with the reason.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] s_programs = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

    private readonly TemporaryFolder _folder = new();
    private readonly string? _program = FindProgram();
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal RfDetrServer Server { get; private set; } = null!;

    /// <summary>The address of the page, with a slash at its end.</summary>
    public string Url => new Uri(Server.Address, "/").ToString();

    /// <summary>The images of the camera, two that change with each frame.</summary>
    internal static IReadOnlyList<string> CameraImages { get; } =
        [SamplePath("scene-21-00014.jpg"), SamplePath("scene-21-00001.jpg")];

    public static string SamplePath(string name) => Path.Combine(AppContext.BaseDirectory, "images", name);

    public async Task InitializeAsync()
    {
        if (_program is null)
            return;
        Server = await RfDetrServer.StartAsync(
            new ServeOptions { Port = 0, Models = [ModelChoice.Parse("demo"), ModelChoice.Parse("cells")] });
        WriteCamera(_folder["camera.y4m"]);
        _playwright = await Playwright.CreateAsync();
        string[] arguments =
        [
            "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            $"--use-file-for-fake-video-capture={_folder["camera.y4m"]}",
            .. Environment.UserName == "root" ? (string[])["--no-sandbox"] : [], // Chromium's sandbox refuses root
        ];
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = _program, Args = arguments });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (Server is not null)
            await Server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A new window on the page, with everything noted that it asks for and complains about.</summary>
    internal async Task<Window> OpenAsync(BrowserNewContextOptions? options = null, string? url = null)
    {
        Skip.If(_browser is null, "Chromium is not installed (apt-get install chromium, or RFDETR_CHROMIUM names the program)");
        options ??= new();
        options.AcceptDownloads = true;
        IBrowserContext context = await _browser!.NewContextAsync(options);
        // A machine with two cores under load is slow; nothing here is about speed.
        context.SetDefaultTimeout(120_000);
        return await Window.OpenAsync(context, url ?? Url);
    }

    private static void WriteCamera(string path)
    {
        Image[] frames = [.. CameraImages.Select(image => Image.Load(image))];
        try
        {
            CameraFile.Write(path, frames);
        }
        finally
        {
            foreach (Image frame in frames)
                frame.Dispose();
        }
    }

    private static string? FindProgram()
    {
        if (Environment.GetEnvironmentVariable("RFDETR_CHROMIUM") is { Length: > 0 } named)
            return File.Exists(named)
                ? named
                : throw new FileNotFoundException($"RFDETR_CHROMIUM names '{named}', which is not there");
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return s_programs.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}

[CollectionDefinition(nameof(Browser))]
public sealed class BrowserCollection : ICollectionFixture<Browser>;
