using System.CommandLine;

namespace RfDetr.Cli.Framework;

/// <summary>A verb: a command with the function that does its work. The function returns an exit code or throws.</summary>
internal sealed class Verb : Command
{
    public Verb(string name, string description, Func<CliContext, Task<int>> run, params Symbol[] symbols)
        : base(name, description)
    {
        Run = run;
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Option option)
            {
                ShortNames.AddTo(option);
                Add(option);
            }
            else
            {
                Add((Argument)symbol);
            }
        }
    }

    public Func<CliContext, Task<int>> Run { get; }
}
