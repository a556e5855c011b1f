using Npgsql;

namespace RfDetr.Jobs;

/// <summary>
/// The tables of results, made if they are not there; their names and columns are documented for users' own queries.
/// </summary>
internal static class PostgresSchema
{
    // Two clients that create a table at the same time would collide even with IF NOT EXISTS; the number is any that nobody else
    // uses.
    private const long Lock = 0x7266_6465_7472;

    private const string Tables = """
        create table if not exists rfdetr_jobs (
            name text primary key,
            manifest_sha256 text not null,
            model_sha256 text not null,
            options_sha256 text not null,
            images bigint not null,
            shard_size integer not null,
            created_at timestamptz not null default now()
        );
        create table if not exists rfdetr_shards (
            job text not null references rfdetr_jobs (name),
            shard integer not null,
            images integer not null,
            failed integer not null,
            done_at timestamptz not null default clock_timestamp(),
            worker text,
            meta json,
            primary key (job, shard)
        );
        create table if not exists rfdetr_rows (
            job text not null,
            image bigint not null,
            shard integer not null,
            id text not null,
            error text,
            result json not null,
            primary key (job, image),
            foreign key (job, shard) references rfdetr_shards (job, shard)
        );
        create index if not exists rfdetr_shards_done on rfdetr_shards (job, done_at);
        create index if not exists rfdetr_rows_failed on rfdetr_rows (job, image) where error is not null;
        """;

    /// <summary>Makes what is missing. A user without the right to create tables needs them to be there.</summary>
    public static async Task CreateAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using (NpgsqlCommand ask = source.CreateCommand("select to_regclass('rfdetr_rows_failed') is not null"))
        {
            if (await ask.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true)
                return;
        }

        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using NpgsqlTransaction transaction =
            await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (var wait = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection, transaction)
        {
            Parameters = { new NpgsqlParameter { Value = Lock } },
        })
        {
            await wait.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using (var create = new NpgsqlCommand(Tables, connection, transaction))
            await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds a job unless it is there.</summary>
    /// <exception cref="JobException">The database has another job of this name.</exception>
    public static async Task AddJobAsync(
        NpgsqlDataSource source, PostgresAddress address, JobDefinition job, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand add = source.Command(
            "insert into rfdetr_jobs (name, manifest_sha256, model_sha256, options_sha256, images, shard_size) "
            + "values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
            job.Name, job.ManifestSha256, job.ModelSha256, job.OptionsSha256, job.Images, job.ShardSize);
        await add.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);

        await using NpgsqlCommand get = source.Command(
            "select manifest_sha256, model_sha256, options_sha256, shard_size from rfdetr_jobs where name = $1", job.Name);
        await using NpgsqlDataReader reader = await get.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        (string What, string There, string Ours)[] pairs =
        [
            ("manifest", reader.GetString(0), job.ManifestSha256), ("model", reader.GetString(1), job.ModelSha256),
            ("options", reader.GetString(2), job.OptionsSha256),
            ("shard size", Invariant.Text($"{reader.GetInt32(3)}"), Invariant.Text($"{job.ShardSize}")),
        ];
        foreach ((string what, string there, string ours) in pairs)
        {
            if (there != ours)
            {
                throw new JobException(
                    $"database {address} holds job '{job.Name}' with {what} {there}, this one has {ours}; "
                    + "submit it under another name");
            }
        }
    }
}
