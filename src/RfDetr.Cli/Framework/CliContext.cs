using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace RfDetr.Cli.Framework;

/// <summary>Everything a verb works with: its arguments, where results go, and how to talk to people.</summary>
internal sealed class CliContext
{
    private const int PipedWidth = 10_000; // one message, one line: no wrapping for grep

    private readonly TextWriter _output;

    public CliContext(ParseResult parsed, TextWriter output, TextWriter error, Stream input, CancellationToken cancellation)
    {
        Parsed = parsed;
        _output = new VisibleWriter(output);
        Input = input;
        Cancellation = cancellation;
        if (parsed.GetResult(CommonOptions.JsonName) is OptionResult { Implicit: false })
            JsonPath = parsed.GetValue<string?>(CommonOptions.JsonName) ?? CommonOptions.StandardStream;
        Error = ConsoleFor(error, !Console.IsErrorRedirected && ReferenceEquals(error, Console.Error));
        Human = JsonPath == CommonOptions.StandardStream
            ? Error
            : ConsoleFor(output, !Console.IsOutputRedirected && ReferenceEquals(output, Console.Out));
    }

    public ParseResult Parsed { get; }

    /// <summary>Standard input.</summary>
    public Stream Input { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Text for people: standard output, or standard error while JSON takes standard output.</summary>
    public IAnsiConsole Human { get; }

    /// <summary>Warnings and progress: standard error always.</summary>
    public IAnsiConsole Error { get; }

    /// <summary>File of <c>--json</c>, "-" for standard output, null without the option.</summary>
    public string? JsonPath { get; }

    public bool WantsJson => JsonPath is not null;

    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    /// <summary>One line that does not stop the work.</summary>
    public void Warn(string message) => Error.MarkupLineInterpolated($"[yellow]warning:[/] {message}");

    /// <summary>
    /// One failure among many; the work goes on, the verb must return <see cref="ExitCodes.Failed"/> at its end.
    /// </summary>
    public void Fail(string message) => Error.MarkupLineInterpolated($"[red]error:[/] {message}");

    /// <summary>Writes the verb's whole result if <c>--json</c> was given; does nothing otherwise.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        if (!WantsJson)
            return;
        using JsonTarget target = OpenJson();
        using (var json = new Utf8JsonWriter(target.Stream, JsonStyle.Indented))
            write(json);
        target.Stream.WriteByte((byte)'\n');
        target.Complete();
    }

    /// <summary>Writes a document as the verb's whole result if <c>--json</c> was given; does nothing otherwise.</summary>
    public void WriteJson<T>(JsonTypeInfo<T> type, Func<T> document) =>
        WriteJson(json => JsonSerializer.Serialize(json, document(), type));

    /// <summary>Opens standard output for results that come one by one.</summary>
    public JsonTarget OpenOutput() => JsonTarget.To(_output);

    /// <summary>Opens the target of <c>--json</c> for results that come one by one.</summary>
    public JsonTarget OpenJson() => JsonPath == CommonOptions.StandardStream ? JsonTarget.To(_output) : JsonTarget.To(JsonPath!);

    /// <summary>
    /// Opens the target of <c>--json</c> for documents without an end, a line each, that others may read meanwhile; null without.
    /// </summary>
    public JsonTarget? OpenGrowingJson() => !WantsJson ? null
        : JsonPath == CommonOptions.StandardStream ? OpenOutput() : JsonTarget.Growing(JsonPath!);

    /// <summary>Long work with a progress bar on an interactive terminal, silently elsewhere.</summary>
    public Task<T> WithProgressAsync<T>(string title, Func<IProgressBar, Task<T>> work, bool bytes = false) =>
        Error.Profile.Capabilities.Interactive ? ProgressBar.RunAsync(Error, title, bytes, work) : work(ProgressBar.Silent);

    /// <summary>
    /// Work of unknown length, such as loading a model: a sign of life on an interactive terminal, silence elsewhere.
    /// </summary>
    public Task<T> WithSignAsync<T>(string title, Func<Task<T>> work) =>
        Error.Profile.Capabilities.Interactive
            ? Error.Status().StartAsync(Markup.Escape(title), _ => work())
            : work();

    private static IAnsiConsole ConsoleFor(TextWriter writer, bool terminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal ? writer : new VisibleWriter(writer)),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (terminal)
            console.Pipeline.Attach(new VisibleHook());
        else
            console.Profile.Width = PipedWidth;
        return console;
    }
}
