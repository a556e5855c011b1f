using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

/// <summary>The parts that every report page is made of.</summary>
public sealed partial class ReportKitTests
{
    [Theory]
    [InlineData(0, 1, true, 5, "0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0.13, 0.97, false, 5, "0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0.13, 0.97, true, 5, "0.2 0.4 0.6 0.8")]
    [InlineData(0, 47, false, 10, "0 5 10 15 20 25 30 35 40 45 50")]
    [InlineData(-3, 3, true, 5, "-3 -2 -1 0 1 2 3")]
    [InlineData(7, 7, true, 5, "6.4 6.6 6.8 7.0 7.2 7.4 7.6")]
    [InlineData(0, 3e-5, true, 5, "0 5e-6 1e-5 1.5e-5 2e-5 2.5e-5 3e-5")]
    public void Ticks_are_round_numbers(double least, double most, bool exact, int wanted, string labels) =>
        string.Join(' ', new AxisScale(least, most, exact, 0, 100, wanted).Ticks.Select(t => t.Label)).ShouldBe(labels);

    [Fact]
    public void Values_beyond_an_axis_lie_on_its_edge()
    {
        var scale = new AxisScale(0, 10, true, 200, 100);

        scale.ToPixel(5).ShouldBe(150);
        scale.ToPixel(-1).ShouldBe(200);
        scale.ToPixel(1000).ShouldBe(100);
    }

    [Fact]
    public void Dots_are_thinned_without_means_and_lines_with()
    {
        (double, double)[] points = [.. Enumerable.Range(0, 1000).Select(i => ((double)i, i == 500 ? 99.0 : i % 2))];

        new ChartSeries("", points) { Dots = true }.Thinned(250).Points.ShouldBe(points.Where((_, i) => i % 4 == 0));
        new ChartSeries("", points) { Dots = true }.Thinned(2000).Points.ShouldBe(points);
        new ChartSeries("", points).Thinned(100).Points.Count.ShouldBe(100);
        new ChartSeries("", points).Thinned(100).Points[0].ShouldBe((4.5, 0.5));
    }

    [Fact]
    public void A_chart_draws_dots_levels_and_the_names_of_its_axes()
    {
        XElement figure =
            Written(html => new Chart("<title>", "a & b", [new("", [(0, 1), (1, 3), (2, 9)]) { Dots = true, Color = "c4" }])
            {
                YLabel = "ms",
                XRange = (0, 2),
                YRange = (0, 4),
                Levels = [(2, "p50", "c2")],
            }.Write(html));

        figure.Element("figcaption")!.Value.ShouldBe("<title>");
        XElement[] dots = [.. figure.Descendants("circle")];
        dots.Select(d => d.Attribute("cy")!.Value).ShouldBe(["169", "63", "10"], "10..222 are 4..0; 9 lies on the edge");
        dots[0].Parent!.Attribute("class")!.Value.ShouldBe("dot many c4");
        XElement level = figure.Descendants("path").Single(p => p.Attribute("class")!.Value == "level c2");
        level.Attribute("d")!.Value.ShouldBe("M60 116H470");
        figure.Descendants("text").Select(t => t.Value).ShouldContain("a & b");
        figure.Descendants("text").Select(t => t.Value).ShouldContain("ms");
        figure.Descendants("text").Select(t => t.Value).ShouldContain("p50");
        figure.Elements("div").ShouldBeEmpty("a series without a name has no legend");
    }

    [Fact]
    public void Bars_are_as_long_as_their_values()
    {
        StackedBar[] bars = [new("one", [(1, "c0"), (3, "c1")], "4"), new("<two>", [(2, "c0"), (0, "c1")], "2")];
        XElement figure = Written(html => new BarChart("t", [("first", "c0"), ("second", "c1")], bars).Write(html));

        double[] widths =
        [
            .. figure.Descendants("rect").Select(r => double.Parse(r.Attribute("width")!.Value, CultureInfo.InvariantCulture))
        ];
        (widths[1] / widths[0]).ShouldBe(3, 0.01);
        (widths[2] / widths[0]).ShouldBe(2, 0.01);
        widths[3].ShouldBe(0);
        figure.Descendants("span").Select(s => s.Value).ShouldBe(["first", "second"]);
        figure.Descendants("text").Select(t => t.Value).ShouldContain("<two>");
    }

    [Fact]
    public void Bars_without_any_length_are_drawn()
    {
        XElement figure = Written(html => new BarChart("t", [], [new("none", [(0, "c0")], "0")]).Write(html));

        figure.Descendants("rect").Single().Attribute("width")!.Value.ShouldBe("0");
    }

    [Fact]
    public void Intervals_and_marks_share_their_axis()
    {
        Interval[] rows = [new("run", 0.98, 1.02, 1.06, "c1", "slower")];
        XElement figure = Written(html => new IntervalChart("t", "ratio", rows, [(1, "equal"), (1.02, "accepted")]).Write(html));

        XElement[] marks = [.. figure.Descendants("path").Where(p => p.Attribute("class")!.Value == "marker")];
        string x = figure.Descendants("circle").Single().Attribute("cx")!.Value;
        double dot = double.Parse(x, CultureInfo.InvariantCulture);
        marks[1].Attribute("d")!.Value.ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $"M{dot:0.#} "));
        figure.Descendants("text").Select(t => t.Value).ShouldContain("slower");
    }

    [Fact]
    public void A_page_escapes_what_it_is_given_and_stands_alone()
    {
        ReportPage page = new ReportPage("<b>").Facts([("a", "<i>")]).Heading("x & y").Paragraph("<p>", "warn")
            .Table(["n", "v"], [["<1>", "2"]], 1).Pair(([1, 2, 3], "<left>"), ([4, 5, 6], "right"));
        string html = page.ToHtml();

        Alone(html);
        XElement main = Body(html);
        main.Element("h1")!.Value.ShouldBe("<b>");
        main.Elements("p").Single().Attribute("class")!.Value.ShouldBe("warn");
        main.Descendants("td").Select(c => c.Value).ShouldBe(["<1>", "2"]);
        main.Descendants("td").Last().Attribute("class")!.Value.ShouldBe("text");
        main.Descendants("img")
            .Select(i => i.Attribute("src")!.Value).ShouldBe(["data:image/jpeg;base64,AQID", "data:image/jpeg;base64,BAUG"]);
        html.ShouldContain("prefers-color-scheme:dark");
    }

    [Fact]
    public void Every_color_and_style_that_charts_use_is_in_the_style_sheet()
    {
        BenchmarkReport report =
            SyntheticTimes.Report(new SyntheticTimes(1).Series(200, 50), accuracy: new("a set", 10, 0.5, 0.7, 0.45, 0.6));
        BenchmarkReport slower = SyntheticTimes.Report(new SyntheticTimes(2).Series(200, 60));
        foreach (
            ReportPage page in (ReportPage[])[
                BenchmarkPage.Of(report), ComparisonPage.Of(BenchmarkComparer.Compare(report, slower))
            ])
        {
            string html = page.ToHtml();
            Alone(html);
            foreach (XAttribute attribute in Body(html).DescendantsAndSelf().Attributes("class"))
            {
                foreach (string name in attribute.Value.Split(' '))
                    ReportStyle.Css.ShouldContain("." + name);
            }
        }
    }

    [Fact]
    public void A_benchmarks_page_shows_each_stage_and_each_call()
    {
        BenchmarkReport report = SyntheticTimes.Report(new SyntheticTimes(1).Series(200, 50));
        XElement main = Body(BenchmarkPage.Of(report).ToHtml());

        main.Descendants("svg").Count().ShouldBe(4, "stages, distribution, calls, machine");
        main.Descendants("rect").Count().ShouldBe(5, "the stages but end to end");
        main.Descendants("g").Select(g => g.Elements("circle").Count()).ShouldBe([200, 200]);
        main.Descendants("td").Select(c => c.Value).ShouldContain("postprocess");
        main.Descendants("td").Select(c => c.Value).ShouldContain("OMP_NUM_THREADS=2");
    }

    [Fact]
    public void A_comparisons_page_has_an_interval_for_each_stage_and_the_verdict()
    {
        BenchmarkReport a = SyntheticTimes.Report(new SyntheticTimes(1).Series(200, 50)),
        b = SyntheticTimes.Report(new SyntheticTimes(2).Series(200, 60));
        XElement main = Body(ComparisonPage.Of(BenchmarkComparer.Compare(a, b)).ToHtml());

        main.Descendants("circle").Count().ShouldBe(6);
        main.Descendants("circle").ShouldAllBe(c => c.Attribute("class")!.Value == "dot c1");
        main.Elements("p").First().Value.ShouldStartWith("B is slower than accepted");
    }

    private static XElement Written(Action<HtmlWriter> write)
    {
        var html = new HtmlWriter();
        write(html);
        return XElement.Parse(html.ToString());
    }

    private static void Alone(string html)
    {
        html.ShouldNotContain("http", Case.Insensitive);
        html.ShouldNotContain("@import");
        html.ShouldNotContain("NaN", Case.Sensitive);
    }

    private static XElement Body(string html)
    {
        int from = html.IndexOf("<main>", StringComparison.Ordinal),
        to = html.IndexOf("</main>", StringComparison.Ordinal) + "</main>".Length;
        return XElement.Parse(Void().Replace(html[from..to], "$0</img>"));
    }

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex Void();
}
