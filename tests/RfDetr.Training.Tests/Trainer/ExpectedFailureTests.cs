using System.Reflection;
using System.Runtime.CompilerServices;
using RfDetr.Cli.Framework;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>Every exception that can reach a user is one that the command line expects: one line, no "internal error".</summary>
public sealed class ExpectedFailureTests
{
    // Exceptions within a part that never leave it.
    private static readonly string[] s_inner = ["PickleStackException", "TransientException", "VipsException"];

    public static TheoryData<string> All => [.. Types];

    private static IEnumerable<string> Types =>
    [
        .. Directory.GetFiles(AppContext.BaseDirectory, "RfDetr*.dll")
            .Where(f => !Path.GetFileName(f).Contains(".Tests", StringComparison.Ordinal))
            .SelectMany(f => Assembly.Load(AssemblyName.GetAssemblyName(f)).GetTypes())
            .Where(t => t.IsSubclassOf(typeof(Exception)) && !t.IsAbstract && !s_inner.Contains(t.Name))
            .Select(t => t.AssemblyQualifiedName!).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void ATypeOfOurOwnIsExpected(string type)
    {
        var one = (Exception)RuntimeHelpers.GetUninitializedObject(Type.GetType(type, throwOnError: true)!);
        Failures.IsExpected(one).ShouldBeTrue($"{type} would be called an internal error");
    }

    [Fact]
    public void TypesOfThisPartAreAmongThem()
    {
        string all = string.Join(' ', Types);
        foreach (
            Type type in (Type[])[
                typeof(TrainingGoldenException), typeof(ConfigurationFileException), typeof(TrainingException),
                typeof(TrainingDataException)
            ])
            all.ShouldContain(type.FullName!);
    }

    [Fact]
    public void FaultsOfTheProgramAreNotExpected()
    {
        foreach (
            Exception fault in (Exception[])[
                new NullReferenceException(), new InvalidOperationException(), new IndexOutOfRangeException(),
                new KeyNotFoundException()
            ])
            Failures.IsExpected(fault).ShouldBeFalse(fault.GetType().Name);
        Failures.IsExpected(new InvalidDataException()).ShouldBeTrue("a damaged metrics.csv");
    }
}
