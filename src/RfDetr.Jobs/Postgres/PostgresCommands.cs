using Npgsql;

namespace RfDetr.Jobs;

/// <summary>Commands with their values.</summary>
internal static class PostgresCommands
{
    /// <summary>A command whose <c>$1</c>, <c>$2</c>… are these values.</summary>
    public static NpgsqlCommand Command(this NpgsqlDataSource source, string sql, params ReadOnlySpan<object> values)
    {
        NpgsqlCommand command = source.CreateCommand(sql);
        foreach (object value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
