using System.Text.Json;

namespace RfDetr.Jobs.Tests;

/// <summary>The verbs with a broker and a database, as users type them.</summary>
[Collection(RabbitCollection.Name)]
public sealed class BrokerVerbTests(RabbitFixture rabbit, PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [SkippableFact]
    public async Task A_job_goes_from_submit_to_the_database_and_submitting_again_is_harmless()
    {
        (string broker, string database) = (rabbit.Server.Text(), postgres.Server.Text);
        using var test = new TestJob(10);
        test.AddBroken("50.jpg");
        string[] place = ["--broker", broker, "--results", database];
        string name = Invariant.Text($"verbs-{Environment.ProcessId}");
        string[] submit =
            ["jobs", "submit", test.Images, "--output", test.Output, "--shard-size", "4", "--name", name, .. place];
        CommandLine first = await CommandLine.RunAsync(submit);
        first.Code.ShouldBe(0, first.Error);
        (first.Output + first.Error).ShouldContain("3 shards published");
        CommandLine work = await CommandLine.RunAsync(
            ["jobs", "work", test.Output, "--until-done", "--heartbeat", "3600", .. place]);
        work.Code.ShouldBe(0, work.Error);
        CommandLine again = await CommandLine.RunAsync(submit);
        (again.Output + again.Error).ShouldContain("0 shards published");
        CommandLine status = await CommandLine.RunAsync("jobs", "status", test.Output, "--results", database);
        status.Code.ShouldBe(0, status.Output + status.Error);
        (await postgres.Server.AskAsync($"select count(*) from rfdetr_rows where job = '{name}'")).ShouldBe(11L);
        (await postgres.Server.AskAsync($"select id from rfdetr_rows where job = '{name}' and error is not null"))
            .ShouldBe("50.jpg");
        // Started, three shards, stopped: what the worker said can be read as long as the stream has it.
        CommandLine events = await CommandLine.RunAsync(
            "jobs", "events", test.Output, "--broker", broker, "--all", "--count", "5", "--json", "-");
        events.Code.ShouldBe(0, events.Error);
        JsonElement[] said = [.. events.Output.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        said.Select(e => e.GetProperty("kind").GetString())
            .ShouldBe(["started", "shard_done", "shard_done", "shard_done", "stopped"]);
        said.ShouldAllBe(e => e.GetProperty("job").GetString() == name);
        said[^1].GetProperty("images").GetInt64().ShouldBe(11);
        events.Error.ShouldContain("stopped, 11 images, 1 failed");
        foreach (CommandLine one in (CommandLine[])[first, work, again, status, events])
        {
            (one.Output + one.Error).ShouldNotContain(Uri.EscapeDataString(RabbitServer.Password));
            (one.Output + one.Error).ShouldNotContain(Uri.EscapeDataString(PostgresServer.Password));
        }
    }

    [SkippableFact]
    public async Task What_is_refused_is_one_line_and_nothing_is_lost()
    {
        RabbitServer server = rabbit.Server;
        using var test = new TestJob(3);
        string[] submit = ["jobs", "submit", test.Images, "--output", test.Output, "--broker"];
        foreach ((string broker, int code, string word) in ((string, int, string)[])
        [
            (server.Text(port: FreePort.Next()), 1, "cannot be reached"),
            (server.Text(password: "hush"), 1, "was refused"),
            (server.Text(vhost: "/nowhere"), 1, "virtual host 'nowhere'"),
            ("amqp://hush@a/b/c", 2, "%2F"),
        ])
        {
            CommandLine refused = await CommandLine.RunAsync([.. submit, broker]);
            refused.Code.ShouldBe(code, refused.Error);
            refused.Error.ShouldContain(word);
            refused.Error.Trim().Split('\n').Length.ShouldBe(1, refused.Error);
            (refused.Output + refused.Error).ShouldNotContain("hush");
        }

        (await CommandLine.RunAsync([.. submit, server.Text()])).Code.ShouldBe(0, "with the right address it goes on");
    }
}
