using RfDetr.Model;

namespace RfDetr.Checkpoints;

/// <summary>The resolution a checkpoint was trained at, which older files lost.</summary>
internal static class ResolutionInference
{
    /// <summary>
    /// The caller's word; else the arguments, if their position table is the file's; else the matched variant's, if its
    /// table is; else table side × patch size, the rule of every variant but the two deprecated ones.
    /// </summary>
    public static int Find(ShapeFacts facts, ArgsReader args, ModelConfig? near, int windows, int? asked, List<string> warnings)
    {
        int? stored = args.Positive("resolution");
        int? table = args.Positive("positional_encoding_size");
        int byTable = near is not null && near.PositionalEncodingSize == facts.TableSide
            ? near.Resolution
            : facts.TableSide * facts.PatchSize;
        int resolution = asked ?? byTable;
        if (asked is null && stored is { } said)
        {
            // Before 1.6.5 another resolution left the table as it was; stale arguments show by a table of another size.
            bool stale = table is not null && table != facts.TableSide;
            resolution = stale ? byTable : said;
            if (said != byTable)
            {
                warnings.Add(stale
                    ? $"the arguments say resolution {said} with a position table of side {table}, the file's table has "
                        + $"side {facts.TableSide}; resolution {byTable} is used"
                    : $"the arguments say resolution {said}, the position table suggests {byTable}; {said} is used and the "
                        + $"table resampled");
            }
        }

        int divisor = facts.PatchSize * windows;
        if (resolution <= 0 || resolution % divisor != 0)
            throw new CheckpointFormatException(
                $"resolution {resolution} is not a multiple of {divisor} (patch size {facts.PatchSize} × {windows} "
                    + $"windows); give the resolution the checkpoint was trained at");
        return resolution;
    }
}
