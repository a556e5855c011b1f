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
            return $"internal error, please report it: {e.GetType().Name}: {OneLine(e.Message)}";
        if (e is FileNotFoundException { FileName: { } path } && OddFileName.Hides(path))
            return $"'{path}' {OddFileName.Fault}";
        return OneLine(e is ArgumentException ? ArgumentNoise().Replace(e.Message, "") : e.Message);
    }

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

    private static string OneLine(string message) =>
        string.Join(
            ' ', message.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    [GeneratedRegex(@" \(Parameter '[^']*'\)|\r?\nActual value was .*", RegexOptions.Singleline)]
    private static partial Regex ArgumentNoise();
}
