using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace RfDetr.Page.Tests;

/// <summary>The page without a mouse and without eyes.</summary>
[Collection(nameof(Browser))]
public sealed class AccessTests(Browser browser)
{
    [SkippableTheory]
    [InlineData(ColorScheme.Light, 1280, 800)]
    [InlineData(ColorScheme.Dark, 1280, 800)]
    [InlineData(ColorScheme.Light, 390, 844)]
    [Trait("Duration", "Long")]
    public async Task Nothing_stands_in_the_way_of_assistive_programs(ColorScheme scheme, int width, int height)
    {
        await using Window window = await browser.OpenAsync(
            new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = height } });
        string name = $"{scheme}-{width}".ToLowerInvariant();
        await window.ScreenshotAsync($"{name}-empty");
        await RequireAccessAsync(window);
        await window.SampleAsync();
        await window.ScreenshotAsync(name, whole: width < 900);
        await RequireAccessAsync(window);
        (await window.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"))
            .ShouldBeTrue("nothing needs scrolling sideways");
    }

    [SkippableFact]
    public async Task Everything_works_from_the_keyboard_and_is_read_aloud()
    {
        await using Window window = await browser.OpenAsync();
        var passed = new List<string>();
        while (!passed.Contains("sample"))
        {
            await window.Page.Keyboard.PressAsync("Tab");
            passed.Add(await window.Page.EvaluateAsync<string>(
                "() => document.activeElement.id || document.activeElement.textContent"));
            passed.Count.ShouldBeLessThan(20, string.Join(", ", passed));
        }

        passed[0].ShouldBe("Skip to the results");
        passed.ShouldContain("model");
        passed.ShouldContain("theme");
        passed.ShouldContain("open");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.SettleAsync();
        string[] rows = await window.RowsAsync();
        await window.UntilAsync("document.querySelector('#live').textContent.includes('above 0.50')");
        (await window.TextAsync("#live")).ShouldStartWith($"{rows.Length} objects above 0.50: ");
        (await window.Find("#canvas").GetAttributeAsync("aria-label")).ShouldBe(await window.TextAsync("#live"));

        // The table takes one stop of Tab; arrows move within it and light the box up.
        await window.Find("#objects button").First.FocusAsync();
        await window.Page.Keyboard.PressAsync("ArrowDown");
        int focused = await window.Page.EvaluateAsync<int>(
            "() => [...document.querySelectorAll('#objects button')].indexOf(document.activeElement)");
        focused.ShouldBe(1);
        (await window.Find("#objects tr").Nth(1).GetAttributeAsync("class")).ShouldBe("lit");
        await window.Page.Keyboard.PressAsync("End");
        (await window.Find("#objects tr").Last.GetAttributeAsync("class")).ShouldBe("lit");
        (await window.Find("#objects button[tabindex='0']").CountAsync()).ShouldBe(1);

        await window.ThresholdAsync(0.93);
        await window.UntilAsync("document.querySelector('#live').textContent.includes('above 0.93')");
    }

    [SkippableFact]
    public async Task The_theme_follows_the_system_until_it_is_chosen_and_is_remembered()
    {
        await using Window window = await browser.OpenAsync(new() { ColorScheme = ColorScheme.Dark });
        string dark = await GroundAsync(window);
        (await window.Find("#theme").GetAttributeAsync("aria-pressed")).ShouldBe("true");
        await window.Find("#theme").ClickAsync();
        (await window.Find("#theme").GetAttributeAsync("aria-pressed")).ShouldBe("false");
        string light = await GroundAsync(window);
        light.ShouldNotBe(dark);
        await window.Page.ReloadAsync();
        (await GroundAsync(window)).ShouldBe(light);
    }

    private static Task<string> GroundAsync(Window window) =>
        window.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

    private static async Task RequireAccessAsync(Window window)
    {
        AxeResult result = await window.Page.RunAxe();
        result.Violations.ShouldBeEmpty(string.Join("\n", result.Violations.Select(
            v => $"{v.Id}: {v.Help}: {string.Join("; ", v.Nodes.Select(n => n.Html))}")));
        result.Passes.Length.ShouldBeGreaterThan(10, "the rules were really applied");
    }
}
