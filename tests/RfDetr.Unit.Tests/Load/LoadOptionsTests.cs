namespace RfDetr.Tests.Load;

public sealed class LoadOptionsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:9001/detect")]
    [InlineData("http://127.0.0.53/detect")]
    [InlineData("http://[::1]:9001/detect")]
    [InlineData("https://localhost/detect")]
    public void This_machine_may_be_loaded(string url) => new LoadOptions { Url = new Uri(url), Rates = [1] }.Validate();

    [Theory]
    [InlineData("http://192.168.0.1/detect")]
    [InlineData("http://example.org/detect")]
    [InlineData("http://127.0.0.1.example.org/detect")]
    [InlineData("http://localhost.example.org/detect")]
    [InlineData("http://[2001:db8::1]/detect")]
    [InlineData("http://0.0.0.0/detect")]
    public void Another_machine_needs_permission(string url)
    {
        var options = new LoadOptions { Url = new Uri(url), Rates = [1] };
        Should.Throw<ArgumentException>(options.Validate).Message.ShouldContain(nameof(LoadOptions.AllowRemote));
        (options with { AllowRemote = true }).Validate();
    }

    [Fact]
    public void All_violations_are_in_one_message()
    {
        var options = new LoadOptions
        {
            Url = new Uri("ftp://127.0.0.1/"),
            Rates = [0, double.NaN, 10_001],
            Percent = [-1],
            Capacity = 0,
            Callers = 0,
            Seconds = 0,
            Rounds = 101,
            InFlight = 0,
            TimeoutSeconds = 601,
            Arrivals = (Arrivals)7,
        };
        string message = Should.Throw<ArgumentException>(options.Validate).Message;
        foreach (string part in (string[])["ftp://127.0.0.1/", "Rates is 0,", "Rates is NaN", "Rates is 10001", "Percent is -1",
            "Capacity is 0", "Callers is 0", "Seconds is 0", "Rounds is 101", "InFlight is 0", "TimeoutSeconds is 601",
            "Arrivals is 7", "expected steps in one of them"])
            message.ShouldContain(part);
    }

    [Theory]
    [InlineData(10_000, 101)]
    [InlineData(0.1, 5)]
    public void A_step_has_a_bounded_number_of_requests(double rate, double seconds) =>
        Should.Throw<ArgumentException>(
            new LoadOptions { Url = new Uri("http://127.0.0.1/"), Rates = [rate], Seconds = seconds }.Validate)
            .Message.ShouldContain("in a step");
}
