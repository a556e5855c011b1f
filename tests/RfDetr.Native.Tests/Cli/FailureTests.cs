using System.Reflection;
using System.Runtime.CompilerServices;
using RfDetr.Cli.Framework;

namespace RfDetr.Tests.Cli;

/// <summary>Every failure that the library can report has one of two bases, so that no program needs a list of types.</summary>
public sealed class FailureTests
{
    public static TheoryData<Type> PublicExceptions =>
    [
        .. Assemblies().SelectMany(a => a.GetExportedTypes()).Where(t => t.IsAssignableTo(typeof(Exception)) && !t.IsAbstract),
    ];

    [Fact]
    public void There_are_as_many_as_one_expects() => PublicExceptions.Count.ShouldBeGreaterThan(12);

    [Theory]
    [MemberData(nameof(PublicExceptions))]
    public void A_public_exception_is_a_failure_of_ours_or_the_callers_mistake(Type type)
    {
        (type.IsAssignableTo(typeof(RfDetrException)) || type.IsAssignableTo(typeof(ArgumentException))).ShouldBeTrue(
            $"{type} has neither {nameof(RfDetrException)} nor {nameof(ArgumentException)} as its base");
        Failures.IsExpected((Exception)RuntimeHelpers.GetUninitializedObject(type)).ShouldBeTrue();
    }

    private static IEnumerable<Assembly> Assemblies()
    {
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory, "RfDetr*.dll"))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (!name.Contains("Tests", StringComparison.Ordinal))
                yield return Assembly.Load(name);
        }
    }
}
