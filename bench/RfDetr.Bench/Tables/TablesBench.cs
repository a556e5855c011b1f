namespace RfDetr.Bench;

/// <summary>
/// The published tables: one row at a time, so that an interrupted run goes on where it was; <c>bench/tables.sh</c> calls it.
/// </summary>
internal static class TablesBench
{
    public static int Run(ReadOnlySpan<string> args)
    {
        TableArguments a;
        try
        {
            a = TableArguments.Parse(args);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 2;
        }

        switch (a.Verb)
        {
            case "folder":
                Console.WriteLine(MachineFolder.Name);
                return 0;
            case "measure":
                TableRow row = TableMeasurement.Run(a);
                row.Save(a.Output);
                foreach (TableEntry t in row.Entries)
                    Console.WriteLine(
                        Invariant.Text(
                            $"{row.Name,-14} {t.Engine,-28} {t.Precision,-5} {t.MedianMs,9:0.0} ms, ratio "
                                + $"{t.PairwiseRatio:0.000}, {t.Rounds} rounds"));
                return 0;
            default:
                List<TableRow> rows = TableRow.ReadAll(a.Output);
                if (rows.Count == 0)
                {
                    Console.Error.WriteLine($"error: there is no row in '{Path.Combine(a.Output, "rows")}'");
                    return 1;
                }

                TableRow.WriteAll(Path.Combine(a.Output, "tables.json"), rows);
                File.WriteAllText(Path.Combine(a.Output, "tables.md"), TableText.Of(rows));
                return 0;
        }
    }
}
