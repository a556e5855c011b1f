using System.Text.RegularExpressions;

namespace RfDetr.Cli.Framework;

/// <summary>Turns exceptions into one clear line and an exit code.</summary>
internal static partial class Failures
{
    public static int Print(Exception exception, TextWriter error, bool verbose)
    {
        Exception e = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception;
        int code = CodeOf(e);
        error = new VisibleWriter(error);
        error.WriteLine(code == ExitCodes.Interrupted ? "interrupted" : $"error: {Describe(e)}");
        if (verbose)
            error.WriteLine(e.ToString());
        else if (!IsExpected(e))
            error.WriteLine("run again with --verbose for the details to report");
        return code;
    }

    /// <summary>The message in one line, without what only a programmer understands.</summary>
    public static string Describe(Exception e)
    {
        if (!IsExpected(e))
            return $"internal error, please report it: {e.GetType().Name}: {Invariant.OneLine(e.Message)}";
        return Invariant.OneLine(e is ArgumentException ? ArgumentNoise().Replace(e.Message, "") : OwnSentence(e) ?? e.Message);
    }

    // .NET's own sentences name full paths and nothing to do about them.
    private static string? OwnSentence(Exception e) => e switch
    {
        FileNotFoundException { FileName: { } odd } when OddFileName.Hides(odd) => $"'{Short(odd)}' {OddFileName.Fault}",
        FileNotFoundException { FileName: { } file } when e.Message.StartsWith("Could not find", StringComparison.Ordinal) =>
            $"there is no file '{Short(file)}'",
        DirectoryNotFoundException when PathInQuotes().Match(e.Message) is { Success: true } match =>
            $"there is no file or folder '{Short(match.Groups[1].Value)}'",
        UnauthorizedAccessException when PathInQuotes().Match(e.Message) is { Success: true } match =>
            Directory.Exists(match.Groups[1].Value)
                ? $"'{Short(match.Groups[1].Value)}' is a folder where a file is expected, or may not be read or written"
                : $"'{Short(match.Groups[1].Value)}' may not be read or written (access is denied)",
        _ => null,
    };

    // Below the current folder as a user would write it.
    private static string Short(string path)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex PathInQuotes();

    /// <summary>True for a failure of the request or of its files, rather than of the program.</summary>
    public static bool IsExpected(Exception e) => e
        is RfDetrException or ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException
        or HttpRequestException or TimeoutException or DllNotFoundException or OperationCanceledException;

    private static int CodeOf(Exception e) => e switch
    {
        OperationCanceledException => ExitCodes.Interrupted,
        ArgumentException => ExitCodes.WrongUse,
        _ => ExitCodes.Failed,
    };

    [GeneratedRegex(@" \(Parameter '[^']*'\)|\r?\nActual value was .*", RegexOptions.Singleline)]
    private static partial Regex ArgumentNoise();
}
