namespace RfDetr;

/// <summary>Exit codes of programs that a signal ended, as shells report them: 128 and the signal's number.</summary>
internal static class ShellCodes
{
    /// <summary>Ctrl-C, SIGINT.</summary>
    public const int Interrupted = 130;
}
