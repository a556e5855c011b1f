namespace RfDetr.Cli.Framework;

/// <summary>Exit codes of the process.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The request was valid, the work failed: a bad file, a failed download, something not found, a mismatch.</summary>
    public const int Failed = 1;

    /// <summary>The request itself was wrong: unknown verb or option, a value out of range.</summary>
    public const int WrongUse = 2;

    /// <summary>Ctrl-C, as shells report it (128 + SIGINT); ranks of a training end with the same.</summary>
    public const int Interrupted = ShellCodes.Interrupted;
}
