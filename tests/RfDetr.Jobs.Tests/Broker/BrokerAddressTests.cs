namespace RfDetr.Jobs.Tests;

/// <summary>Addresses of brokers: every part reaches its place, and no text holds the password.</summary>
public sealed class BrokerAddressTests
{
    [Fact]
    public void Every_part_is_read()
    {
        var address = BrokerAddress.Parse("amqp://worker:a%2Fb%23c@broker.local:5673/jobs%2Fnight");
        address.ShouldSatisfyAllConditions(
            a => a.Host.ShouldBe("broker.local"), a => a.Port.ShouldBe(5673), a => a.VirtualHost.ShouldBe("jobs/night"),
            a => a.User.ShouldBe("worker"), a => a.Secret().ShouldBe("a/b#c"), a => a.Tls.ShouldBeFalse());
    }

    [Theory]
    [InlineData("amqp://broker", "/", 5672, "guest")]
    [InlineData("amqp://broker/", "/", 5672, "guest")]
    [InlineData("amqps://broker/night", "night", 5671, "guest")]
    [InlineData("amqps://w@broker:99/night", "night", 99, "w")]
    [InlineData("amqp://w:x@[::1]:99", "/", 99, "w")]
    public void What_is_left_out_has_the_usual_value(string text, string vhost, int port, string user)
    {
        var address = BrokerAddress.Parse(text);
        (address.VirtualHost, address.Port, address.User).ShouldBe((vhost, port, user));
    }

    [Theory]
    [InlineData("amqp://worker:hush@broker:5673/night")]
    [InlineData("amqps://worker:hush@[::1]:1/a%2Fb")]
    public void The_text_has_all_but_the_password(string text)
    {
        var address = BrokerAddress.Parse(text);
        $"{address}".ShouldBe(text.Replace(":hush", "", StringComparison.Ordinal));
        BrokerAddress.Parse($"{address}").ShouldSatisfyAllConditions(
            a => a.Host.ShouldBe(address.Host), a => a.VirtualHost.ShouldBe(address.VirtualHost));
    }

    [Theory]
    [InlineData("hush@broker")]
    [InlineData("http://worker:hush@broker")]
    [InlineData("amqp://worker:hush/b@broker")]
    [InlineData("amqp://worker:hush@broker/a/b")]
    [InlineData("amqp://worker:hush@broker?heartbeat=3")]
    [InlineData("amqps://worker:hush@broker?cacertfile=hush-is-no-file")]
    [InlineData("amqp:///hush")]
    public void A_mistake_is_named_without_the_password(string text)
    {
        ArgumentException error = Should.Throw<ArgumentException>(() => BrokerAddress.Parse(text));
        error.Message.Replace("hush-is-no-file", "", StringComparison.Ordinal).ShouldNotContain("hush");
        error.Message.ShouldNotContain("\n");
    }

    [Fact]
    public void Certificates_need_TLS() => Should.Throw<ArgumentException>(
        () => BrokerAddress.Parse($"amqp://broker?cacertfile={Uri.EscapeDataString(typeof(BrokerAddress).Assembly.Location)}"))
        .Message.ShouldContain("amqps:");
}
