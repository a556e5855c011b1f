using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace RfDetr.Jobs;

/// <summary>
/// Results in PostgreSQL: a shard's rows and the shard itself come in one transaction, and of several writers the first stays.
/// </summary>
internal sealed class PostgresResults : IShardResults
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2), s_firstWait = TimeSpan.FromSeconds(0.5);

    private readonly NpgsqlDataSource _source;
    private readonly PostgresAddress _address;
    private readonly JobDefinition _job;

    private PostgresResults(NpgsqlDataSource source, PostgresAddress address, JobDefinition job) =>
        (_source, _address, _job) = (source, address, job);

    /// <summary>Connects, and makes tables and the job's entry where they are missing.</summary>
    /// <exception cref="JobException">The database is not there, refuses, or holds another job of this name.</exception>
    public static async Task<PostgresResults> OpenAsync(
        PostgresAddress address, JobDefinition job, CancellationToken cancellationToken)
    {
        NpgsqlDataSource source = new NpgsqlDataSourceBuilder(address.ConnectionString).Build();
        try
        {
            await PostgresSchema.CreateAsync(source, cancellationToken).ConfigureAwait(false);
            await PostgresSchema.AddJobAsync(source, address, job, cancellationToken).ConfigureAwait(false);
            return new PostgresResults(source, address, job);
        }
        catch (Exception e)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            if (IsDatabase(e))
                throw new JobException($"database {address}: {Reason(address, e)}", e);
            throw;
        }
    }

    public Task<bool> HasAsync(ShardRef shard, CancellationToken cancellationToken) => PatientlyAsync(
        async () =>
        {
            await using NpgsqlCommand ask = _source.Command(
                "select exists (select 1 from rfdetr_shards where job = $1 and shard = $2)", _job.Name, shard.Index);
            return await ask.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
        },
        cancellationToken);

    public async IAsyncEnumerable<int> DoneAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlCommand ask = _source.Command("select shard from rfdetr_shards where job = $1", _job.Name);
        await using NpgsqlDataReader reader = await ReaderAsync(ask, cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return reader.GetInt32(0);
    }

    public Task<bool> AddAsync(ShardResult result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        return PatientlyAsync(() => AddOnceAsync(result, cancellationToken), cancellationToken);
    }

    public Task<ShardTotals> TotalsAsync(CancellationToken cancellationToken) => PatientlyAsync(
        async () =>
        {
            // The rate is that of the time before the latest result: a job that rests keeps the rate it had.
            await using NpgsqlCommand ask = _source.Command(
                """
                with whole as (
                    select count(*) as shards, coalesce(sum(images), 0) as images, coalesce(sum(failed), 0) as failed,
                           min(done_at) as first, max(done_at) as latest
                    from rfdetr_shards where job = $1)
                select w.shards::int, w.images::bigint, w.failed::bigint, w.first, w.latest,
                       (select coalesce(sum(s.images), 0)::bigint from rfdetr_shards s
                        where s.job = $1 and s.done_at >= w.latest - $2),
                       e.done_at, e.images, (e.meta ->> 'seconds')::float8
                from whole w left join lateral (
                    select s.done_at, s.images, s.meta from rfdetr_shards s
                    where s.job = $1 and s.done_at >= w.latest - $2 order by s.done_at limit 1) e on true
                """,
                _job.Name, RateSpan.Window);
            await using NpgsqlDataReader reader = await ask.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            (int shards, long images, long failed) = (reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2));
            if (shards == 0)
                return new ShardTotals(0, images, failed, null, null, 0);
            DateTimeOffset latest = reader.GetFieldValue<DateTimeOffset>(4);
            var span = new RateSpan(
                reader.GetFieldValue<DateTimeOffset>(6), latest, reader.GetInt64(5), reader.GetInt32(7),
                reader.IsDBNull(8) ? null : reader.GetDouble(8));
            return new ShardTotals(
                shards, images, failed, reader.GetFieldValue<DateTimeOffset>(3), latest, span.ImagesPerSecond);
        },
        cancellationToken);

    public async IAsyncEnumerable<ShardResult> ReadAsync(
        ShardShare share, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var done = new List<(int Shard, int Failed, byte[]? Meta)>();
        await using (NpgsqlCommand ask = _source.Command(
            "select shard, failed, meta::text from rfdetr_shards where job = $1 order by shard", _job.Name))
        {
            await using NpgsqlDataReader reader = await ReaderAsync(ask, cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                byte[]? meta = reader.IsDBNull(2) ? null : Encoding.UTF8.GetBytes(reader.GetString(2));
                done.Add((reader.GetInt32(0), reader.GetInt32(1), meta));
            }
        }

        foreach ((int index, int failed, byte[]? meta) in done.Where(d => share.Has(d.Shard)))
        {
            ShardRef shard = _job.Shard(index);
            await using NpgsqlCommand ask = _source.Command(
                "select result::text from rfdetr_rows where job = $1 and image >= $2 and image < $3 order by image",
                _job.Name, shard.First, shard.First + shard.Count);
            using var rows = new MemoryStream();
            await using NpgsqlDataReader reader = await ReaderAsync(ask, cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Write(Encoding.UTF8.GetBytes(reader.GetString(0)));
                rows.WriteByte((byte)'\n');
            }

            yield return new ShardResult(
                shard, rows.GetBuffer().AsMemory(0, (int)rows.Length), failed,
                meta is null ? null : JobJson.Read(meta, JobJson.Default.ShardMeta, $"rfdetr_shards.meta of {shard.Name}"));
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>The sentence for a failure of the database; it never holds the password.</summary>
    internal static string Reason(PostgresAddress address, Exception e) => e switch
    {
        PostgresException
        {
            SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification,
        } => $"user '{address.User}' was refused: wrong name or password "
            + "(the password is part of the address, or stands in PGPASSWORD or ~/.pgpass)",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            $"there is no database '{address.Database}' (createdb {address.Database})",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } p =>
            $"user '{address.User}' may not: {p.MessageText} "
                + "(the user needs the right to create tables, or tables that are there)",
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } p => $"its disk is full: {p.MessageText}",
        PostgresException p => $"{p.MessageText} (SQLSTATE {p.SqlState})",
        NpgsqlException { InnerException: SocketException s } =>
            $"it cannot be reached: {AddressText.Reason(s.Message)}; does PostgreSQL run there, and on this port?",
        NpgsqlException { InnerException: System.Security.Authentication.AuthenticationException t } =>
            $"TLS failed: {AddressText.Reason(t.Message)}; a private authority's certificate is named by ?sslrootcert=PATH",
        NpgsqlException when e.Message.Contains("password", StringComparison.OrdinalIgnoreCase) =>
            $"it asks for a password and user '{address.User}' gave none (in the address, PGPASSWORD or ~/.pgpass)",
        _ => AddressText.Reason(e.Message),
    };

    internal static bool IsDatabase(Exception e) => e is NpgsqlException or SocketException or TimeoutException;

    private async Task<bool> AddOnceAsync(ShardResult result, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using NpgsqlTransaction transaction =
            await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        // The shard first: a second writer waits here until this transaction has ended, and then finds it.
        await using (var add = new NpgsqlCommand(
            "insert into rfdetr_shards (job, shard, images, failed, worker, meta) values ($1, $2, $3, $4, $5, $6) "
            + "on conflict do nothing",
            connection, transaction))
        {
            add.Parameters.Add(new NpgsqlParameter { Value = _job.Name });
            add.Parameters.Add(new NpgsqlParameter { Value = result.Shard.Index });
            add.Parameters.Add(new NpgsqlParameter { Value = result.Shard.Count });
            add.Parameters.Add(new NpgsqlParameter { Value = result.Failed });
            add.Parameters.Add(new NpgsqlParameter
            {
                Value = (object?)result.Meta?.Worker ?? DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Text,
            });
            add.Parameters.Add(new NpgsqlParameter
            {
                Value = result.Meta is { } meta
                    ? JsonStyle.ToUtf8(meta, JobJson.Default.ShardMeta).ToArray()
                    : DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Json,
            });
            if (await add.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0)
                return false; // disposing rolls back
        }

        await CopyAsync(connection, result, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task CopyAsync(NpgsqlConnection connection, ShardResult result, CancellationToken cancellationToken)
    {
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            "copy rfdetr_rows (job, image, shard, id, error, result) from stdin (format binary)", cancellationToken)
            .ConfigureAwait(false);
        int count = 0;
        foreach (ReadOnlyMemory<byte> line in Lines.Of(result.Rows))
        {
            (string id, string? error) = Facts(line);
            await copy.StartRowAsync(cancellationToken).ConfigureAwait(false);
            await copy.WriteAsync(_job.Name, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
            await copy.WriteAsync(result.Shard.First + count, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
            await copy.WriteAsync(result.Shard.Index, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
            await copy.WriteAsync(id, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
            if (error is null)
                await copy.WriteNullAsync(cancellationToken).ConfigureAwait(false);
            else
                await copy.WriteAsync(error, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
            await copy.WriteAsync(line.ToArray(), NpgsqlDbType.Json, cancellationToken).ConfigureAwait(false);
            count++;
        }

        if (count != result.Shard.Count)
        {
            throw new ArgumentException(
                Invariant.Text($"{result.Shard.Name} has {count} rows, expected {result.Shard.Count}"), nameof(result));
        }

        await copy.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Columns of a row. PostgreSQL's text cannot hold the character 0, which a JSON text can.</summary>
    private static (string Id, string? Error) Facts(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line);
        string? error = document.RootElement.TryGetProperty("error", out JsonElement e) && e.ValueKind == JsonValueKind.String
            ? e.GetString()
            : null;
        return (Clean(document.RootElement.GetProperty("id").GetString()!), error is null ? null : Clean(error));

        static string Clean(string text) => text.Replace('\0', '\uFFFD');
    }

    private async Task<NpgsqlDataReader> ReaderAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsDatabase(e))
        {
            throw new JobException($"database {_address}: {Reason(_address, e)}", e);
        }
    }

    // A database that restarts comes back within seconds. Whether a lost commit happened is seen in the next try: then the shard
    // is there.
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        long begin = Environment.TickCount64;
        for (TimeSpan wait = s_firstWait; ; wait *= 2)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (Exception e) when (IsDatabase(e))
            {
                cancellationToken.ThrowIfCancellationRequested();
                bool passes = e is NpgsqlException { IsTransient: true } or PostgresException { SqlState: "57P01" or "57P03" };
                if (!passes || Environment.TickCount64 - begin + wait.TotalMilliseconds > s_patience.TotalMilliseconds)
                    throw new JobException($"database {_address}: {Reason(_address, e)}", e);
                await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
