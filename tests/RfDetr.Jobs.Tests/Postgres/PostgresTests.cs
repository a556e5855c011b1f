using System.Text;
using Npgsql;

namespace RfDetr.Jobs.Tests;

/// <summary>Results in PostgreSQL itself.</summary>
public sealed class PostgresTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [SkippableFact]
    public async Task Rows_come_back_byte_for_byte_in_the_order_of_shards()
    {
        JobDefinition job = TestJobs.Of(3);
        await using PostgresResults results = await OpenAsync(job);
        ShardResult[] all = [.. job.AllShards().Select(s => TestJobs.Result(job, s, "w", s.Index == 1 ? [2] : []))];
        foreach (int i in (int[])[2, 0, 1])
            (await results.AddAsync(all[i], CancellationToken.None)).ShouldBeTrue();
        var back = new List<ShardResult>();
        await foreach (ShardResult result in results.ReadAsync(ShardShare.All, CancellationToken.None))
            back.Add(result);
        back.Select(r => r.Shard).ShouldBe(job.AllShards());
        back.Select(r => r.Failed).ShouldBe([0, 1, 0]);
        back.Select(r => Encoding.UTF8.GetString(r.Rows.Span)).ShouldBe(all.Select(r => Encoding.UTF8.GetString(r.Rows.Span)));
        back.Select(r => r.Meta!.Slowest.Single()).ShouldBe(all.Select(r => r.Meta!.Slowest.Single()));
        (await results.HasAsync(job.Shard(1), CancellationToken.None)).ShouldBeTrue();
        var done = new List<int>();
        await foreach (int index in results.DoneAsync(CancellationToken.None))
            done.Add(index);
        done.Order().ShouldBe([0, 1, 2]);
        ShardTotals totals = await results.TotalsAsync(CancellationToken.None);
        (totals.Shards, totals.Images, totals.Failed).ShouldBe((3, job.Images, 1));
        totals.Latest.ShouldNotBeNull();
    }

    [SkippableFact]
    public async Task The_rate_is_that_of_the_files()
    {
        JobDefinition job = TestJobs.Of(3);
        await using PostgresResults results = await OpenAsync(job);
        (await results.TotalsAsync(CancellationToken.None)).ShouldBe(new ShardTotals(0, 0, 0, null, null, 0));
        await results.AddAsync(TestJobs.Result(job, job.Shard(1)), CancellationToken.None);
        (await results.TotalsAsync(CancellationToken.None)).ImagesPerSecond.ShouldBe(4 / 1.5, 1e-9);

        await AskAsync($"update rfdetr_shards set done_at = done_at - interval '1 day' where job = '{job.Name}'");
        await results.AddAsync(TestJobs.Result(job, job.Shard(0)), CancellationToken.None);
        (await results.TotalsAsync(CancellationToken.None)).ImagesPerSecond.ShouldBe(4 / 1.5, 1e-9);

        await results.AddAsync(TestJobs.Result(job, job.Shard(2)), CancellationToken.None);
        await AskAsync(
            "update rfdetr_shards set done_at = (select done_at + interval '4.5 seconds' from rfdetr_shards "
            + $"where job = '{job.Name}' and shard = 0) where job = '{job.Name}' and shard = 2");
        (await results.TotalsAsync(CancellationToken.None)).ImagesPerSecond.ShouldBe((4 + 3) / 6.0, 1e-6);
    }

    [SkippableFact]
    public async Task Tables_answer_the_questions_of_users()
    {
        JobDefinition job = TestJobs.Of(2);
        await using PostgresResults results = await OpenAsync(job);
        foreach (ShardRef shard in job.AllShards())
            await results.AddAsync(TestJobs.Result(job, shard, "w", 1), CancellationToken.None);
        (await AskAsync($"select count(*) from rfdetr_rows where job = '{job.Name}' and error is not null")).ShouldBe(2L);
        (await AskAsync($"select result ->> 'model_sha256' from rfdetr_rows where job = '{job.Name}' and image = 4"))
            .ShouldBe(job.ModelSha256);
        (await AskAsync($"select id from rfdetr_rows where job = '{job.Name}' and image = 5")).ShouldBe("img \"5\" é.jpg");
        (await AskAsync($"select error from rfdetr_rows where job = '{job.Name}' and image = 5"))
            .ShouldBe("cannot\uFFFDread '<it>'");
        (await AskAsync($"select worker from rfdetr_shards where job = '{job.Name}' and shard = 1")).ShouldBe("w");
    }

    [SkippableFact]
    public async Task Of_sixteen_writers_of_a_shard_exactly_one_stays()
    {
        JobDefinition job = TestJobs.Of(4);
        await using PostgresResults results = await OpenAsync(job);
        Task<bool>[] writers =
        [
            .. job.AllShards().SelectMany(s => Enumerable.Range(0, 16).Select(w => Task.Run(
                () => results.AddAsync(TestJobs.Result(job, s, Invariant.Text($"w{w}")), CancellationToken.None)))),
        ];
        bool[] first = await Task.WhenAll(writers);
        first.Chunk(16).ShouldAllBe(shard => shard.Count(f => f) == 1);
        (await AskAsync($"select count(*) from rfdetr_rows where job = '{job.Name}'")).ShouldBe(job.Images);
    }

    [SkippableFact]
    public async Task A_shard_that_cannot_be_added_leaves_nothing()
    {
        JobDefinition job = TestJobs.Of(2);
        await using PostgresResults results = await OpenAsync(job);
        ShardResult whole = TestJobs.Result(job, job.Shard(0));
        int end = whole.Rows.Span.IndexOf((byte)'\n') + 1;
        await Should.ThrowAsync<ArgumentException>(
            () => results.AddAsync(whole with { Rows = whole.Rows[end..] }, CancellationToken.None));
        (await results.HasAsync(job.Shard(0), CancellationToken.None)).ShouldBeFalse();
        (await AskAsync($"select count(*) from rfdetr_rows where job = '{job.Name}'")).ShouldBe(0L);
        (await results.AddAsync(whole, CancellationToken.None)).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task Clients_that_begin_together_make_the_tables_once()
    {
        await postgres.Server.AskAsync("create database together");
        var address = PostgresAddress.Parse(postgres.Server.Address(database: "together"));
        JobDefinition job = TestJobs.Of(1);
        PostgresResults[] all = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => PostgresResults.OpenAsync(address, job, CancellationToken.None))));
        all.Length.ShouldBe(6);
        foreach (PostgresResults one in all)
            await one.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
    }

    [SkippableFact]
    public async Task Another_job_of_the_name_is_refused_with_both_values()
    {
        JobDefinition job = TestJobs.Of(1);
        await (await OpenAsync(job)).DisposeAsync();
        JobDefinition other = job with { ModelSha256 = new string('f', 64) };
        string message = (await Should.ThrowAsync<JobException>(() => OpenAsync(other))).Message;
        message.ShouldContain(job.ModelSha256);
        message.ShouldContain(other.ModelSha256);
        message.ShouldContain("model");
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task A_restart_of_the_database_loses_nothing_and_ends_nothing()
    {
        Skip.If(PostgresServer.Missing is not null, PostgresServer.Missing);
        await using PostgresServer server = await PostgresServer.StartAsync();
        JobDefinition job = TestJobs.Of(200);
        await using PostgresResults results =
            await PostgresResults.OpenAsync(PostgresAddress.Parse(server.Text), job, CancellationToken.None);
        Task adding = Task.Run(async () =>
        {
            foreach (ShardRef shard in job.AllShards())
            {
                await results.AddAsync(TestJobs.Result(job, shard), CancellationToken.None);
                await Task.Delay(5);
            }
        });
        await Task.Delay(300);
        await server.RestartAsync();
        await adding;
        ShardTotals totals = await results.TotalsAsync(CancellationToken.None);
        (totals.Shards, totals.Images).ShouldBe((200, job.Images));
        (await server.AskAsync("select count(*) from rfdetr_rows")).ShouldBe(job.Images);
    }

    [SkippableFact]
    public async Task Refusals_are_one_line_that_names_the_database_and_not_the_password()
    {
        PostgresServer server = postgres.Server;
        await RefusedAsync(server.Address(port: FreePort.Next()), "cannot be reached");
        await RefusedAsync(server.Address(password: "wrong-hush"), "user 'rfdetr' was refused", "PGPASSWORD");
        await RefusedAsync(server.Address(database: "nowhere"), "no database 'nowhere'", "createdb nowhere");
        await server.AskAsync("create role reader login password 'hush'");
        await server.AskAsync("revoke create on schema public from public");
        await server.AskAsync("create database closed");
        await RefusedAsync(server.Address("reader", "hush", "closed"), "user 'reader' may not");
        await RefusedAsync(server.Text + "?sslmode=require", "SSL");
    }

    [Theory]
    [InlineData("postgres://w:hush@db:5433/results", "postgres://w@db:5433/results")]
    [InlineData("postgresql://db/results", "postgres://db:5432/results")]
    public void The_text_of_an_address_has_all_but_the_password(string text, string shown) =>
        $"{PostgresAddress.Parse(text)}".ShouldBe(shown);

    [Theory]
    [InlineData("postgres://w:hush@db")]
    [InlineData("postgres://w:hush/x@db/results")]
    [InlineData("postgres://w:hush@db/results?sslmode=maybe")]
    [InlineData("postgres://w:hush@db/results?pool=1")]
    public void A_mistake_is_named_without_the_password(string text) =>
        Should.Throw<ArgumentException>(() => PostgresAddress.Parse(text)).Message.ShouldNotContain("hush");

    private static async Task RefusedAsync(string text, params string[] words)
    {
        var address = PostgresAddress.Parse(text);
        JobException error = await Should.ThrowAsync<JobException>(
            () => PostgresResults.OpenAsync(address, TestJobs.Of(1), CancellationToken.None));
        foreach (string word in words)
            error.Message.ShouldContain(word);
        error.Message.ShouldStartWith($"database {address}: ");
        error.Message.ShouldNotContain("\n");
        error.Message.ShouldNotContain("hush");
        error.Message.ShouldNotContain(PostgresServer.Password);
    }

    private Task<PostgresResults> OpenAsync(JobDefinition job) =>
        PostgresResults.OpenAsync(PostgresAddress.Parse(postgres.Server.Text), job, CancellationToken.None);

    private Task<object?> AskAsync(string sql) => postgres.Server.AskAsync(sql);
}
